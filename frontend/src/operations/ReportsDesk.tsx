// Faults that riders report, and the operator's answers.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import type { FaultReportIn, FaultReportsOut, FaultReportView } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { StationName } from '../stations/StationName'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'

export function ReportsDesk() {
  const { t } = useTranslation()
  const reports = useQuery({ queryKey: ['queue'], queryFn: () => getJson<FaultReportsOut>('/api/v1/admin/reports'), refetchInterval: 60_000 })
  if (reports.isError) return <FailureNotice error={reports.error} onRetry={() => void reports.refetch()} />
  return (
    <section className="stack">
      {reports.data?.data.length === 0 && <p className="hint">{t('app.none')}</p>}
      {reports.data?.data.map((report) => <Report key={report.id} report={report} />)}
    </section>
  )
}

function Report({ report }: { report: FaultReportView }) {
  const { t } = useTranslation()
  const times = useTimes()
  const client = useQueryClient()
  const [answer, setAnswer] = useState(report.answer ?? '')
  const settle = useMutation({
    mutationFn: (state: 'in_progress' | 'closed') => sendJson('PATCH', `/api/v1/admin/reports/${String(report.id)}`, { state, ...(answer === '' ? {} : { answer }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['queue'] }),
  })
  return (
    <article className="card stack">
      <h2><StationName id={report.station_id} /> · {t(`report.${report.kind as FaultReportIn['kind']}`)} <span className="badge">{t(`reportState.${report.state}`)}</span></h2>
      <p>{report.text}</p>
      <p className="hint">{times.full(report.created_at)}</p>
      <Field label={t('operations.answer')} value={answer} onChange={setAnswer} />
      <FormOutcome of={settle} />
      <div className="row">
        <button type="button" className="button small" onClick={() => settle.mutate('in_progress')}>{t('reportState.in_progress')}</button>
        <button type="button" className="button small" onClick={() => settle.mutate('closed')}>{t('reportState.closed')}</button>
      </div>
    </article>
  )
}
