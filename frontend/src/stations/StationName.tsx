import { Link } from 'wouter'
import { useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { nameOf, stationPath } from './geo'

/** A station's name, which leads to its page; its id where the feed does not name it any more. */
export function StationName({ id }: { id: string }) {
  const station = useStations().data?.stations.find((other) => other.station_id === id)
  return <Link href={stationPath(id)}>{station === undefined ? id : nameOf(station, currentLanguage())}</Link>
}
