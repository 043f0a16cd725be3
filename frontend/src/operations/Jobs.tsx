// Training: start it, watch it, stop it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import type { JobList, JobView } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'

const WATCH_MS = 2000
const isOpen = (job: JobView): boolean => job.state === 'queued' || job.state === 'running'

export function Jobs() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const jobs = useQuery({
    queryKey: ['jobs'],
    queryFn: () => getJson<JobList>('/ai/jobs'),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isOpen) ? WATCH_MS : 30_000),
  })
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['jobs'] })
  const cancel = useMutation({ mutationFn: (id: string) => sendJson('DELETE', `/ai/jobs/${encodeURIComponent(id)}`), onSuccess: refresh })
  return (
    <section className="stack">
      <Retrain onStarted={() => void refresh()} />
      {jobs.isError && <FailureNotice error={jobs.error} onRetry={() => void jobs.refetch()} />}
      <FormOutcome of={cancel} />
      {jobs.data?.jobs.length === 0 && <p className="hint">{t('app.none')}</p>}
      <div aria-live="polite" className="stack">
        {jobs.data?.jobs.map((job) => <Job key={job.id} job={job} onCancel={() => cancel.mutate(job.id)} />)}
      </div>
    </section>
  )
}

function Retrain({ onStarted }: { onStarted: () => void }) {
  const { t } = useTranslation()
  const [days, setDays] = useState('21')
  const [engine, setEngine] = useState('xgboost')
  const start = useMutation({
    mutationFn: () => sendJson('POST', '/ai/retrain', { days: Number(days), engine }),
    onSuccess: onStarted,
  })
  return (
    <form
      className="card row"
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
    >
      <Field label={t('operations.days')} type="number" min={1} max={1100} value={days} onChange={setDays} />
      <label className="field">
        {t('operations.engine')}
        <select value={engine} onChange={(event) => setEngine(event.target.value)}>
          <option value="xgboost">XGBoost</option>
          <option value="lightgbm">LightGBM</option>
        </select>
      </label>
      <button type="submit" className="button primary" disabled={start.isPending}>{t('operations.retrain')}</button>
      <FormOutcome of={start} />
    </form>
  )
}

function Job({ job, onCancel }: { job: JobView; onCancel: () => void }) {
  const { t } = useTranslation()
  const times = useTimes()
  return (
    <article className="card stack">
      <div className="row between">
        <h2>{t(`jobState.${job.state}`)} <span className="hint">{job.id}</span></h2>
        {isOpen(job) && <button type="button" className="button small" disabled={job.cancelling} onClick={onCancel}>{t('chat.stop')}</button>}
      </div>
      {isOpen(job) && <progress max={100} value={job.percent} aria-label={job.stage} />}
      <p className="hint">{times.full(job.created_at)}{isOpen(job) && ` · ${job.stage} ${String(Math.round(job.percent))} %`}{!job.error && job.message && ` · ${job.message}`}</p>
      {typeof job.result?.reason === 'string' && <p>{job.result.reason}</p>}
      {job.error && <p className="notice bad">{job.error.message}</p>}
    </article>
  )
}
