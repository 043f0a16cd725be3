// One bot: how it answers, its documents, its versions, and who may ask it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { getJson } from '../api/client'
import { useSession } from '../api/session'
import type { BotOut } from '../api/types.gen'
import { Documents } from '../documents/Documents'
import { FailureNotice } from '../ui/Failure'
import { Segments } from '../ui/Segments'
import { BotFlow } from './BotFlow'
import { BotForm } from './BotForm'
import { BotJson } from './BotJson'
import { Sharing } from './Sharing'
import { Versions } from './Versions'

const WorkflowEditor = lazy(() => import('./workflow/WorkflowEditor'))

const PARTS = ['documents', 'settings', 'workflow', 'json', 'versions', 'sharing'] as const
type Part = (typeof PARTS)[number]

export default function BotView({ id }: { id: string }) {
  const { t } = useTranslation()
  const { state } = useSession()
  const client = useQueryClient()
  const bot = useQuery({ queryKey: ['bot', id, state], enabled: state !== 'unknown', queryFn: () => getJson<BotOut>(`/api/v1/bots/${encodeURIComponent(id)}`) })
  const onChanged = useCallback(async () => {
    await Promise.all(['bot', 'bots', 'bot-versions'].map((key) => client.invalidateQueries({ queryKey: [key] })))
  }, [client])
  return (
    <div className="column">
      <Link href="/bots">← {t('nav.bots')}</Link>
      {bot.isError && <FailureNotice error={bot.error} onRetry={() => void bot.refetch()} />}
      {bot.isPending && <p>{t('app.loading')}</p>}
      {bot.data && <Bot bot={bot.data} onChanged={onChanged} />}
    </div>
  )
}

export interface BotPartProps {
  bot: BotOut
  onChanged: () => Promise<void>
}

function Bot({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const asked = params.get('part') as Part | null
  const part = asked !== null && PARTS.includes(asked) ? asked : 'documents'
  return (
    <>
      <div className="row between">
        <h1>{bot.name}</h1>
        <Link className="button primary" href={`/ask?bot=${encodeURIComponent(bot.id)}`}>{t('nav.chat')}</Link>
      </div>
      {bot.version !== bot.published_version && <p className="notice warning">{t('bots.draft', { version: bot.version, published: bot.published_version })}</p>}
      <BotFlow bot={bot} />
      {!bot.writable && <Documents botId={bot.id} isWritable={false} />}
      {bot.writable && (
        <>
          <div className="scroll-x">
            <Segments label={bot.name} value={part} options={PARTS.map((value) => ({ value, label: t(`bots.${value}`) }))} onChange={(value) => setParams(value === 'documents' ? {} : { part: value }, { replace: true })} />
          </div>
          {part === 'documents' && <Documents botId={bot.id} isWritable />}
          {part === 'settings' && <BotForm key={bot.version} bot={bot} onChanged={onChanged} />}
          {part === 'workflow' && <WorkflowEditor bot={bot} onChanged={onChanged} />}
          {part === 'json' && <BotJson key={bot.version} bot={bot} onChanged={onChanged} />}
          {part === 'versions' && <Versions bot={bot} onChanged={onChanged} />}
          {part === 'sharing' && <Sharing key={bot.updated_at} bot={bot} onChanged={onChanged} />}
        </>
      )}
    </>
  )
}
