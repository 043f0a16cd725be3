// Distances and stations in words.
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { nameOf } from './geo'

export function useDistanceText(): (metres: number) => string {
  const { t } = useTranslation()
  return (metres) => {
    if (metres < 950) return t('unit.metres', { count: Math.round(metres / 10) * 10 })
    const value = new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(metres / 1000)
    return t('unit.kilometres', { value })
  }
}

/** Names of stations by id in the page's language; `fallback` for one that is not in the list. */
export function useStationName(): (id: string, fallback: string) => string {
  const stations = useStations().data?.stations
  const byId = useMemo(() => new Map(stations?.map((station) => [station.station_id, station])), [stations])
  return useCallback((id, fallback) => {
    const station = byId.get(id)
    return station === undefined ? fallback : nameOf(station, currentLanguage())
  }, [byId])
}
