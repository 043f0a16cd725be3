// How good the forecasts are and how the service does: error and lift by hour, the feed's age, the cycle, the inputs.
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson } from '../api/client'
import type { Operations } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { usePlayback } from '../time/playback'
import { FailureNotice } from '../ui/Failure'
import { Figure } from '../ui/Figure'
import { Segments } from '../ui/Segments'
import { agesOf, byHour } from './quality-figures'
import { ServiceParts } from './ServiceParts'

const HOURS = [1, 2, 3, 4, 6, 12]
const SECONDS = [3600, 7200, 10_800, 21_600]

export function Quality() {
  const { t } = useTranslation()
  const operations = useQuery({ queryKey: ['operations'], queryFn: () => getJson<Operations>('/api/v1/operations?hours=24'), refetchInterval: 60_000 })
  if (operations.isError) return <FailureNotice error={operations.error} onRetry={() => void operations.refetch()} />
  if (!operations.data) return <p>{t('app.loading')}</p>
  return (
    <>
      <Accuracy accuracy={operations.data.accuracy} />
      <FeedAge />
      <ServiceParts operations={operations.data} />
    </>
  )
}

function Accuracy({ accuracy }: Pick<Operations, 'accuracy'>) {
  const { t } = useTranslation()
  const horizons = Object.keys(accuracy.by_horizon)
  const [chosen, setChosen] = useState('30')
  const horizon = horizons.includes(chosen) ? chosen : (horizons[0] ?? chosen)
  const scores = accuracy.by_hour[horizon]
  const figures = useMemo(() => byHour(scores ?? {}), [scores])
  const error = useMemo(
    () => [
      { label: t('operations.model'), token: '--accent', values: figures.error } as const,
      { label: t('operations.lastValue'), token: '--few', values: figures.lastError, isDashed: true } as const,
    ],
    [figures, t],
  )
  const lift = useMemo(() => [{ label: t('operations.lift'), token: '--accent', values: figures.lift } as const], [figures, t])
  const hourName = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
  return (
    <>
      <section className="card stack">
        <h2>{t('operations.matured', { hours: accuracy.hours })}</h2>
        {horizons.length === 0 ? <p className="hint">{t('operations.noScores')}</p> : <HorizonTable accuracy={accuracy} />}
      </section>
      {horizons.length > 0 && (
        <>
          <Segments label={t('operations.ahead')} value={horizon} options={horizons.map((value) => ({ value, label: `+${value}` }))} onChange={setChosen} />
          <div className="figure-grid">
            <Figure title={t('operations.errorByHour')} hint={t('operations.errorWhat')} rowName={t('operations.hour')} at={figures.hours} curves={error} nameOf={hourName} steps={HOURS} />
            <Figure title={t('operations.liftByHour')} hint={t('operations.liftWhat')} rowName={t('operations.hour')} at={figures.hours} curves={lift} nameOf={hourName} steps={HOURS} />
          </div>
        </>
      )}
    </>
  )
}

function HorizonTable({ accuracy }: Pick<Operations, 'accuracy'>) {
  const { t } = useTranslation()
  const share = (value: number | null | undefined): string => (value == null ? '?' : `${(100 * value).toFixed(1)}\u00a0%`)
  return (
    <div className="scroll-x">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{t('operations.ahead')}</th>
            <th scope="col">{t('operations.count')}</th>
            <th scope="col">CRPS</th>
            <th scope="col">{t('operations.lastValue')}</th>
            <th scope="col">{t('operations.lift')}</th>
            <th scope="col">{t('operations.coverage')}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(accuracy.by_horizon).map(([minutes, score]) => (
            <tr key={minutes}>
              <td>+{minutes}</td>
              <td>{score.count ?? '?'}</td>
              <td>{score.crps?.toFixed(3) ?? '?'}</td>
              <td>{score.crps_persistence?.toFixed(3) ?? '?'}</td>
              <td>{share(score.lift)}</td>
              <td>{share(score.coverage80)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** How old the counts had become by each poll of the last day. */
function FeedAge() {
  const { t } = useTranslation()
  const times = useTimes()
  const playback = usePlayback(true)
  const { at, minutes } = useMemo(() => agesOf(playback.data?.hours.flatMap((hour) => hour.times) ?? []), [playback.data])
  const curves = useMemo(() => [{ label: t('operations.ageMinutes'), token: '--accent', values: minutes } as const], [minutes, t])
  return <Figure title={t('operations.feedAge')} hint={t('operations.feedAgeWhat')} rowName={t('station.at')} at={at} curves={curves} nameOf={(when) => times.clock(when * 1000)} steps={SECONDS} />
}
