// The versions of a bot: compare, publish, go back.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import type { BotComparisonOut, BotVersionOut, BotVersionsOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import type { BotPartProps } from './BotView'

export function Versions({ bot, onChanged }: BotPartProps) {
  const path = `/api/v1/bots/${encodeURIComponent(bot.id)}/versions`
  const versions = useQuery({ queryKey: ['bot-versions', bot.id], queryFn: () => getJson<BotVersionsOut>(`${path}?limit=200`) })
  const change = useMutation({
    mutationFn: ({ number, action }: { number: number; action: 'publish' | 'revert' }) => sendJson<BotVersionOut>('POST', `${path}/${String(number)}/${action}`),
    onSuccess: onChanged,
  })
  return (
    <section className="stack">
      {versions.isError && <FailureNotice error={versions.error} onRetry={() => void versions.refetch()} />}
      <FormOutcome of={change} />
      {versions.data?.data.map((version) => (
        <Version
          key={version.number}
          version={version}
          path={path}
          latest={bot.latest_version}
          isBusy={change.isPending}
          onPublish={() => change.mutate({ number: version.number, action: 'publish' })}
          onRevert={() => change.mutate({ number: version.number, action: 'revert' })}
        />
      ))}
    </section>
  )
}

interface Props {
  version: BotVersionOut
  path: string
  latest: number
  isBusy: boolean
  onPublish: () => void
  onRevert: () => void
}

function Version({ version, path, latest, isBusy, onPublish, onRevert }: Props) {
  const { t } = useTranslation()
  const times = useTimes()
  const [isOpen, setOpen] = useState(false)
  const isLatest = version.number === latest
  return (
    <article className="card stack">
      <div className="row between">
        <h2>{t('bots.version', { number: version.number })} {version.published && <span className="badge good">{t('bots.answers')}</span>}</h2>
        <span className="row">
          {!isLatest && <button type="button" className="button small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t('bots.compare')}</button>}
          {!version.published && <button type="button" className="button small" disabled={isBusy} onClick={onPublish}>{t('bots.publish')}</button>}
          {!isLatest && <button type="button" className="button small" disabled={isBusy} onClick={onRevert}>{t('bots.revert')}</button>}
        </span>
      </div>
      <p className="hint">{times.full(version.created_at)}{version.reverted_from !== null && ` · ${t('bots.revertedFrom', { number: version.reverted_from })}`}</p>
      {isOpen && <Comparison path={path} before={version.number} after={latest} />}
    </article>
  )
}

function Comparison({ path, before, after }: { path: string; before: number; after: number }) {
  const { t } = useTranslation()
  const comparison = useQuery({
    queryKey: ['bot-versions', path, before, after],
    queryFn: () => getJson<BotComparisonOut>(`${path}/compare?before=${String(before)}&after=${String(after)}`),
  })
  if (comparison.isError) return <FailureNotice error={comparison.error} />
  const rows = comparison.data?.data ?? []
  if (comparison.data && rows.length === 0) return <p className="hint">{t('bots.same')}</p>
  return (
    <div className="scroll-x">
      <table className="figures">
        <thead>
          <tr><th scope="col">{t('bots.setting')}</th><th scope="col">{t('bots.version', { number: before })}</th><th scope="col">{t('bots.version', { number: after })}</th></tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.field}><td>{row.field}</td><td>{JSON.stringify(row.before)}</td><td>{JSON.stringify(row.after)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
