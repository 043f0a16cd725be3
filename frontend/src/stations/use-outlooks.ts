// All stations with what is, was or will be there at the chosen moment.
import { useMemo } from 'react'
import { useForecasts, useNotices, useStations } from '../api/live'
import type { StationNow } from '../api/types.gen'
import { outlookAt, type Outlook, type Want } from './outlook'

export interface StationOutlook {
  station: StationNow
  outlook: Outlook
}

export interface Outlooks {
  pins: StationOutlook[]
  byId: Map<string, StationOutlook>
  hasPast: boolean
}

export function useOutlooks(want: Want, minutes: number): Outlooks {
  const list = useStations().data
  const forecasts = useForecasts().data
  const closed = useNotices().data?.closed_stations
  return useMemo(() => {
    const byStation = new Map(forecasts?.stations.map((forecast) => [forecast.station_id, forecast]))
    const closedIds = new Set(closed)
    const pins = (list?.stations ?? []).map((station) => {
      const id = station.station_id
      return { station, outlook: outlookAt(station, byStation.get(id), want, minutes, closedIds.has(id)) }
    })
    return { pins, byId: new Map(pins.map((pin) => [pin.station.station_id, pin])), hasPast: false }
  }, [list, forecasts, closed, want, minutes])
}
