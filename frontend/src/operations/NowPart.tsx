// Whether everything works, and which stations are worst off now and in half an hour.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getJson } from '../api/client'
import { useForecasts, useNow, useStations } from '../api/live'
import type { ReadinessReport } from '../api/types.gen'
import { ageInMinutes, useAgeText, useTimes } from '../state/data-age'
import { StationRow } from '../stations/StationRow'
import { useOutlooks } from '../stations/use-outlooks'
import type { Want } from '../stations/outlook'
import { FailureNotice } from '../ui/Failure'

const AHEAD = 30 // minutes
const WORST = 10

export function NowPart() {
  return (
    <>
      <Health />
      <Worst want="bike" />
      <Worst want="dock" />
    </>
  )
}

function Health() {
  const { t } = useTranslation()
  const list = useStations().data
  const forecasts = useForecasts().data
  const now = useNow()
  const times = useTimes()
  const ageText = useAgeText()
  const ready = useQuery({ queryKey: ['ready'], queryFn: () => getJson<ReadinessReport>('/ready', { as: 'nobody' }), refetchInterval: 30_000 })
  return (
    <section className="card stack">
      <h2>{t('operations.now')}</h2>
      {ready.isError && <FailureNotice error={ready.error} onRetry={() => void ready.refetch()} />}
      <div className="row">
        {Object.entries(ready.data?.checks ?? {}).map(([name, state]) => (
          <span key={name} className={`badge ${state === 'ok' ? 'good' : 'none'}`}>{name}: {state}</span>
        ))}
      </div>
      {list && (
        <p>
          {t('data.age', { time: times.clock(list.observed_at), age: ageText(ageInMinutes(list, now)) })} · {t('list.found', { count: list.count })}
          {forecasts && ` · ${t('station.model', { model: forecasts.model })} · ${times.clock(forecasts.made_at)}`}
        </p>
      )}
    </section>
  )
}

function Worst({ want }: { want: Want }) {
  const { t } = useTranslation()
  const { pins } = useOutlooks(want, AHEAD)
  const worst = pins
    .filter(({ outlook }) => outlook.chance !== null)
    .sort((a, b) => (a.outlook.chance ?? 1) - (b.outlook.chance ?? 1))
    .slice(0, WORST)
  return (
    <section className="card">
      <h2>{t(want === 'bike' ? 'operations.empty' : 'operations.full', { count: AHEAD })}</h2>
      <ul className="plain-list">
        {worst.map((pin) => (
          <li key={pin.station.station_id}><StationRow {...pin} metres={null} isFavourite={false} /></li>
        ))}
      </ul>
    </section>
  )
}
