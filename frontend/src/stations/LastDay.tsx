// The last 24 hours of a station, the forecast with its band, and the history as CSV.
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useForecastPast, useHistory } from '../api/live'
import type { StationForecast, StationNow, StationPast } from '../api/types.gen'
import { FailureNotice } from '../ui/Failure'
import { saveFile } from '../ui/save-file'

const HistoryPlot = lazy(() => import('./HistoryPlot'))
const HOURS = 24

export function LastDay({ station, forecast }: { station: StationNow; forecast: StationForecast | undefined }) {
  const { t } = useTranslation()
  const history = useHistory(station.station_id, HOURS)
  const before = useForecastPast(station.station_id, HOURS).data
  return (
    <section className="card stack" aria-label={t('station.lastDay')}>
      <div className="row between">
        <h2>{t('station.lastDay')}</h2>
        {history.data && (
          <button type="button" className="button small" onClick={() => saveFile(new Blob([toCsv(history.data)], { type: 'text/csv' }), `${station.station_id.replaceAll(/[^\w.-]/g, '_')}.csv`)}>
            {t('station.csv')}
          </button>
        )}
      </div>
      <p className="hint">{t('station.plotKey')}</p>
      {history.isError && <FailureNotice error={history.error} onRetry={() => void history.refetch()} />}
      <div className="plot" role="img" aria-label={t('station.plot')}>
        {history.data && (
          <Suspense fallback={null}>
            <HistoryPlot past={history.data} forecast={forecast} before={before} capacity={station.capacity ?? null} />
          </Suspense>
        )}
      </div>
    </section>
  )
}

/** The points as CSV; what the feed does not say is empty. */
export function toCsv(past: StationPast): string {
  const rows = past.points.map((point) => [past.station_id, point.at, point.bikes, point.docks ?? '', point.ebikes ?? '', point.renting])
  return [['station_id', 'at', 'bikes', 'docks', 'ebikes', 'renting'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

const cell = (value: unknown): string => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))
