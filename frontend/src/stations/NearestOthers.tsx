// When a station is likely to be empty (or full): the nearest that will not be.
import { useTranslation } from 'react-i18next'
import type { StationForecast, StationNow } from '../api/types.gen'
import { useFavourites } from '../state/favourites'
import { useViewState } from '../state/url-state'
import { nearest, placeOf } from './geo'
import { chanceAt, countOf, GOOD_CHANCE } from './outlook'
import { StationRow } from './StationRow'
import { useOutlooks } from './use-outlooks'

const AHEAD = 30 // minutes
const SHOWN = 3

export function NearestOthers({ station, forecast }: { station: StationNow; forecast: StationForecast | undefined }) {
  const { t } = useTranslation()
  const [view] = useViewState()
  const { ids } = useFavourites()
  const minutes = view.minutes > 0 ? view.minutes : AHEAD
  const { byId } = useOutlooks(view.want, minutes)
  const at = placeOf(station)
  const count = countOf(station, view.want) ?? 0
  const chance = forecast === undefined ? null : chanceAt(forecast.horizons, { count, bikes: station.bikes }, view.want, minutes).chance
  if (at === null || chance === null || chance >= GOOD_CHANCE || view.want === 'ebike') return null
  const others = nearest([...byId.values()].map((other) => other.station), at)
    .flatMap(({ station: other, metres }) => {
      const outlook = byId.get(other.station_id)?.outlook
      return outlook?.level === 'good' && other.station_id !== station.station_id ? [{ station: other, outlook, metres }] : []
    })
    .slice(0, SHOWN)
  if (others.length === 0) return null
  return (
    <section className="card">
      <h2>{t('station.nearest', { what: t(`want.${view.want}`).toLocaleLowerCase() })}</h2>
      <ul className="plain-list">
        {others.map((other) => (
          <li key={other.station.station_id}>
            <StationRow {...other} isFavourite={ids.includes(other.station.station_id)} />
          </li>
        ))}
      </ul>
    </section>
  )
}
