// All stations with what is, was or will be there at the chosen moment.
import { useMemo } from 'react'
import { useForecasts, useNotices, useStations } from '../api/live'
import type { StationNow } from '../api/types.gen'
import { countsAt, usePlayback, type PastCounts } from '../time/playback'
import { LOADING, outlookAt, outlookOfPast, type Outlook, type Want } from './outlook'

export interface StationOutlook {
  station: StationNow
  outlook: Outlook
}

export interface Outlooks {
  pins: StationOutlook[]
  byId: Map<string, StationOutlook>
  isLoading: boolean
}

export function useOutlooks(want: Want, minutes: number): Outlooks {
  const list = useStations().data
  const forecasts = useForecasts().data
  const closed = useNotices().data?.closed_stations
  const { data: playback, isLoading } = usePlayback(minutes < 0)
  return useMemo(() => {
    const past = minutes < 0 && list && playback ? countsAt(playback, Date.parse(list.as_of) / 1000 + minutes * 60) : new Map<string, PastCounts>()
    const byStation = new Map(forecasts?.stations.map((forecast) => [forecast.station_id, forecast]))
    const closedIds = new Set(closed)
    const pins = (list?.stations ?? []).map((station) => {
      const id = station.station_id
      if (minutes < 0) return { station, outlook: isLoading ? LOADING : outlookOfPast(past.get(id), want) }
      return { station, outlook: outlookAt(station, byStation.get(id), want, minutes, closedIds.has(id)) }
    })
    return { pins, byId: new Map(pins.map((pin) => [pin.station.station_id, pin])), isLoading }
  }, [list, forecasts, closed, playback, isLoading, want, minutes])
}
