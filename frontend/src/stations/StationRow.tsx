import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { StationNow } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useKeptSearch, useViewState } from '../state/url-state'
import { LevelMark } from '../ui/LevelMark'
import { nameOf } from './geo'
import { isOff, LOADING, percent, wordOf, type Outlook } from './outlook'
import { useDistanceText } from './words'

interface Props {
  station: StationNow
  outlook: Outlook
  metres: number | null
  isFavourite: boolean
}

/** One station of a list, with what is or will be there in words. */
export function StationRow({ station, outlook, metres, isFavourite }: Props) {
  const kept = useKeptSearch()
  const distanceText = useDistanceText()
  const words = useOutlookWords(station, outlook)
  return (
    <Link href={`/stations/${encodeURIComponent(station.station_id)}${kept}`} className="station-row">
      <LevelMark outlook={outlook} />
      <span>
        <span className="name">
          {isFavourite && <span aria-hidden="true">★ </span>}
          {nameOf(station, currentLanguage())}
        </span>
        <br />
        <span className="hint">{words}</span>
      </span>
      {metres !== null && <span className="hint">{distanceText(metres)}</span>}
    </Link>
  )
}

function useOutlookWords(station: StationNow, outlook: Outlook): string {
  const { t } = useTranslation()
  const [view] = useViewState()
  if (outlook.level === 'off') return t(isOff(station, view.want) ? 'level.off' : 'station.closed')
  if (outlook.chance !== null) return `${t(`chance.${wordOf(outlook.chance)}`)}, ${t('chance.of', { percent: percent(outlook.chance) })}`
  if (outlook.count === null) return t(outlook === LOADING ? 'app.loading' : 'level.unknown')
  const what = t(`unit.${view.want}`, { count: outlook.count })
  if (outlook.chanceBefore != null) return `${what}. ${t('time.forecastMade', { percent: percent(outlook.chanceBefore) })}`
  if (view.want === 'dock' || view.minutes !== 0) return what
  return station.docks === null ? what : `${what} · ${t('unit.dock', { count: station.docks })}`
}
