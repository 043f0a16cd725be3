// A fault of a station, told to the operator; a guest may tell it too.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sendJson } from '../api/client'
import type { FaultReportIn, StationNow } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { FormOutcome } from '../ui/FormOutcome'
import { useTimes } from '../state/data-age'
import { nameOf } from './geo'

const KINDS = ['bike', 'dock', 'station', 'count', 'other'] as const

export function ReportForm({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const times = useTimes()
  const shown = `${t('unit.bike', { count: station.bikes })}, ${times.clock(station.observed_at)}. `
  const [kind, setKind] = useState<FaultReportIn['kind']>('bike')
  const [text, setText] = useState(shown)
  const report = useMutation({
    mutationFn: () => sendJson('POST', '/api/v1/reports', { station_id: station.station_id, kind, text }, 'guest'),
  })
  if (report.isSuccess) return <p className="notice" role="status">{t('report.sent')}</p>
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        report.mutate()
      }}
    >
      <h2>{t('report.title', { name: nameOf(station, currentLanguage()) })}</h2>
      <label className="field">
        {t('report.kind')}
        <select value={kind} onChange={(event) => setKind(event.target.value as FaultReportIn['kind'])}>
          {KINDS.map((one) => (
            <option key={one} value={one}>{t(`report.${one}`)}</option>
          ))}
        </select>
      </label>
      <label className="field">
        {t('report.text')}
        <textarea value={text} maxLength={1000} onChange={(event) => setText(event.target.value)} />
      </label>
      <FormOutcome of={report} />
      <button type="submit" className="button primary" disabled={report.isPending}>{t('report.send')}</button>
    </form>
  )
}
