// What will be at a station: the chances of a bike and of a dock, in words and numbers.
import { useTranslation } from 'react-i18next'
import type { Horizon, StationForecast } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { useViewState } from '../state/url-state'
import { Segments } from '../ui/Segments'
import { levelOfChance, percent, wordOf } from './outlook'

const NUMBERS = ['1', '2', '3', '5'] as const // of bikes or docks

export function Chances({ forecast }: { forecast: StationForecast }) {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  const want = view.want === 'dock' ? 'dock' : 'bike'
  return (
    <section className="card stack" aria-label={t('station.ahead')}>
      <div className="row between">
        <h2>{t('station.ahead')}</h2>
        <Segments
          label={t('want.label')}
          value={want}
          options={[{ value: 'bike', label: t('station.forBike') }, { value: 'dock', label: t('station.forDock') }]}
          onChange={(value) => change({ want: value === 'bike' ? null : value })}
        />
      </div>
      <Sentence forecast={forecast} want={want} />
      <div>
        {forecast.horizons.map((horizon) => (
          <Chance key={horizon.minutes} horizon={horizon} want={want} />
        ))}
      </div>
      <Figures horizons={forecast.horizons} want={want} />
      <p className="hint">{t('station.model', { model: forecast.model })}</p>
    </section>
  )
}

const chanceOf = (horizon: Horizon, want: 'bike' | 'dock'): number | null => (want === 'bike' ? horizon.p_bike : horizon.p_dock) ?? null

/** The chance half an hour ahead, in a sentence. */
function Sentence({ forecast, want }: { forecast: StationForecast; want: 'bike' | 'dock' }) {
  const { t } = useTranslation()
  const times = useTimes()
  const horizon = forecast.horizons.find((one) => one.minutes === 30) ?? forecast.horizons[0]
  const chance = horizon === undefined ? null : chanceOf(horizon, want)
  if (horizon === undefined || chance === null) return null
  const values = { time: times.clock(horizon.at), word: t(`chance.${wordOf(chance)}`), percent: percent(chance) }
  return <p>{t(want === 'bike' ? 'chance.bikeAt' : 'chance.dockAt', values)}</p>
}

function Chance({ horizon, want }: { horizon: Horizon; want: 'bike' | 'dock' }) {
  const { t } = useTranslation()
  const times = useTimes()
  const chance = chanceOf(horizon, want)
  if (chance === null) return null
  const level = levelOfChance(chance)
  return (
    <div className="chance">
      <span>{times.clock(horizon.at)}</span>
      <span className="bar" aria-hidden="true">
        <svg viewBox="0 0 100 10" preserveAspectRatio="none">
          <rect width={percent(chance)} height="10" fill={`var(--${level})`} />
        </svg>
      </span>
      <strong className={level}>
        {percent(chance)}% <span className="visually-hidden">{t(`chance.${wordOf(chance)}`)}</span>
      </strong>
    </div>
  )
}

const percentOf = (chance: number | null | undefined): string => (chance == null ? '?' : `${String(percent(chance))}%`)

/** The counts expected with their range, and the chance of more than one. */
function Figures({ horizons, want }: { horizons: readonly Horizon[]; want: 'bike' | 'dock' }) {
  const { t } = useTranslation()
  const times = useTimes()
  return (
    <details>
      <summary>{t('station.figures')}</summary>
      <div className="scroll-x">
        <table className="figures">
          <thead>
            <tr><th scope="col">{t('station.at')}</th><th scope="col">{t('station.expected')}</th><th scope="col">{t('station.band')}</th></tr>
          </thead>
          <tbody>
            {horizons.map((horizon) => (
              <tr key={horizon.minutes}>
                <td>{times.clock(horizon.at)}</td>
                <td>{horizon.bikes?.toFixed(1) ?? '?'}</td>
                <td>{horizon.low ?? '?'}–{horizon.high ?? '?'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table className="figures">
          <caption>{t(want === 'bike' ? 'station.atLeastBikes' : 'station.atLeastDocks')}</caption>
          <thead>
            <tr><th scope="col">{t('station.at')}</th>{NUMBERS.map((n) => <th key={n} scope="col">{n}+</th>)}</tr>
          </thead>
          <tbody>
            {horizons.map((horizon) => (
              <tr key={horizon.minutes}>
                <td>{times.clock(horizon.at)}</td>
                {NUMBERS.map((n) => <td key={n}>{percentOf((want === 'bike' ? horizon.p_bike_at_least : horizon.p_dock_at_least)?.[n])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
