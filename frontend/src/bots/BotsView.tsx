// The bots I may ask, and a new one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { BotOut, BotsOut } from '../api/types.gen'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import { botPath } from './bot-address'

export default function BotsView() {
  const { t } = useTranslation()
  const { state } = useSession()
  const bots = useQuery({ queryKey: ['bots', state], enabled: state !== 'unknown', queryFn: () => getJson<BotsOut>('/api/v1/bots?limit=200') })
  return (
    <div className="column">
      <h1>{t('nav.bots')}</h1>
      <p className="hint">{t('bots.what')}</p>
      {state === 'member' ? <NewBot /> : <p className="hint">{t('bots.membersMake')} <Link href="/account">{t('nav.signIn')}</Link></p>}
      {bots.isError && <FailureNotice error={bots.error} onRetry={() => void bots.refetch()} />}
      <ul className="plain-list stack">
        {bots.data?.data.map((bot) => <BotCard key={bot.id} bot={bot} />)}
      </ul>
    </div>
  )
}

function BotCard({ bot }: { bot: BotOut }) {
  const { t } = useTranslation()
  return (
    <li className="card row between">
      <span>
        <strong>{bot.built_in ? t('bots.guide') : bot.name}</strong>{' '}
        {!bot.built_in && <span className="badge">{t(`bots.${bot.visibility}`)}</span>}
      </span>
      <span className="row">
        <Link className="button small primary" href={bot.built_in ? '/ask' : `/ask?bot=${encodeURIComponent(bot.id)}`}>{t('nav.chat')}</Link>
        {!bot.built_in && <Link className="button small" href={botPath(bot.id)}>{t(bot.writable ? 'bots.open' : 'bots.look')}</Link>}
      </span>
    </li>
  )
}

function NewBot() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => sendJson<BotOut>('POST', '/api/v1/bots', { name }),
    onSuccess: async (bot) => {
      await client.invalidateQueries({ queryKey: ['bots'] })
      navigate(botPath(bot.id))
    },
  })
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Field label={t('bots.name')} hint={t('bots.nameHint')} value={name} onChange={setName} required maxLength={100} />
      <FormOutcome of={create} />
      <button type="submit" className="button primary" disabled={create.isPending}>{t('bots.make')}</button>
    </form>
  )
}
