// Model versions: compare, promote, roll back, read the card.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, getJson, sendJson } from '../api/client'
import type { ModelList, ModelScores, ModelVersion, ReloadResult } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import { Prose } from '../ui/Prose'
import { PlanJudged } from './PlanJudged'

export function Models() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const models = useQuery({ queryKey: ['models'], queryFn: () => getJson<ModelList>('/ai/models') })
  const change = useMutation({
    mutationFn: (path: string) => sendJson<ReloadResult>('POST', path, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  })
  if (models.isError) return <FailureNotice error={models.error} onRetry={() => void models.refetch()} />
  if (!models.data) return <p>{t('app.loading')}</p>
  const { serving, champion, versions } = models.data
  return (
    <section className="stack">
      <div className="card row between">
        <p>{t('operations.serving', { version: serving.version })}<br /><span className="hint">{champion?.reason}</span></p>
        <button type="button" className="button" disabled={(champion?.previous?.length ?? 0) === 0 || change.isPending} onClick={() => change.mutate('/ai/models/rollback')}>
          {t('operations.rollback')}
        </button>
      </div>
      <FormOutcome of={change} />
      {change.data && <p className="notice" role="status">{t('operations.serving', { version: change.data.version })}</p>}
      <PlanJudged />
      {versions.length === 0 && <p className="hint">{t('operations.noModels')}</p>}
      {versions.map((version) => (
        <Version key={version.id} version={version} isBusy={change.isPending} onPromote={() => change.mutate(`/ai/models/${encodeURIComponent(version.id)}/promote`)} />
      ))}
    </section>
  )
}

function Version({ version, isBusy, onPromote }: { version: ModelVersion; isBusy: boolean; onPromote: () => void }) {
  const { t } = useTranslation()
  const times = useTimes()
  const [isOpen, setOpen] = useState(false)
  const isChampion = version.aliases.includes('champion')
  return (
    <article className="card stack">
      <div className="row between">
        <h2>{version.id} {version.aliases.map((alias) => <span key={alias} className="badge">{alias}</span>)}</h2>
        <span className="row">
          <button type="button" className="button small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t('operations.card')}</button>
          <button type="button" className="button small" disabled={isChampion || isBusy} onClick={onPromote}>{t('operations.promote')}</button>
        </span>
      </div>
      <p className="hint">{times.full(version.created_at)} · {version.engine} · {version.reason}</p>
      {isOpen && <VersionDetails id={version.id} />}
    </article>
  )
}

function VersionDetails({ id }: { id: string }) {
  const { t } = useTranslation()
  const path = `/ai/models/${encodeURIComponent(id)}`
  const scores = useQuery({ queryKey: ['models', id, 'scores'], queryFn: () => getJson<ModelScores>(`${path}/scores`) })
  const card = useQuery({ queryKey: ['models', id, 'card'], queryFn: async () => (await ask(`${path}/card`)).text() })
  return (
    <>
      {scores.data && <LiveScores live={scores.data.live} />}
      {scores.isError && <FailureNotice error={scores.error} />}
      {card.data !== undefined && <details><summary>{t('operations.card')}</summary><Prose text={card.data} /></details>}
    </>
  )
}

function LiveScores({ live }: { live: ModelScores['live'] }) {
  const { t } = useTranslation()
  const rows = Object.entries(live)
  if (rows.length === 0) return <p className="hint">{t('operations.noScores')}</p>
  return (
    <div className="scroll-x">
      <table className="figures">
        <thead>
          <tr><th scope="col">{t('operations.ahead')}</th><th scope="col">{t('operations.count')}</th><th scope="col">CRPS</th><th scope="col">{t('operations.lastValue')}</th></tr>
        </thead>
        <tbody>
          {rows.map(([minutes, score]) => (
            <tr key={minutes}>
              <td>{minutes}</td>
              <td>{score.count ?? '?'}</td>
              <td>{score.crps?.toFixed(3) ?? '?'}</td>
              <td>{score.crps_persistence?.toFixed(3) ?? '?'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
