// Distances and searching.
import type { StationNow } from '../api/types.gen'

export interface Place {
  lat: number
  lon: number
}

const EARTH_M = 6_371_000
const RADIANS = Math.PI / 180

/** Metres between two places, straight. */
export function metresBetween(a: Place, b: Place): number {
  const x = (b.lon - a.lon) * RADIANS * Math.cos(((a.lat + b.lat) / 2) * RADIANS)
  const y = (b.lat - a.lat) * RADIANS
  return Math.hypot(x, y) * EARTH_M
}

export function placeOf(station: Pick<StationNow, 'lat' | 'lon'>): Place | null {
  return station.lat == null || station.lon == null ? null : { lat: station.lat, lon: station.lon }
}

/** `lat,lon` as a place, null for anything else. */
export function parsePlace(text: string | null): Place | null {
  const parts = (text ?? '').split(',').map(Number)
  const [lat, lon] = parts
  if (parts.length !== 2 || lat === undefined || lon === undefined || !Number.isFinite(lat) || !Number.isFinite(lon)) return null
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null
}

export const formatPlace = ({ lat, lon }: Place): string => `${lat.toFixed(5)},${lon.toFixed(5)}`

export function nameOf(station: StationNow, language: string): string {
  return station.names?.[language] ?? station.name
}

export const stationPath = (id: string): string => `/stations/${encodeURIComponent(id)}`

const plain = (text: string): string => text.normalize('NFKC').toLocaleLowerCase().replace(/\s+/g, ' ').trim()

/** Whether a station's names or number hold every word of the query, in either script. */
export function matchesQuery(station: StationNow, query: string): boolean {
  const words = plain(query).split(' ').filter(Boolean)
  const text = plain([station.name, ...Object.values(station.names ?? {}), station.station_id].join(' '))
  const joined = text.replaceAll(' ', '')
  return words.every((word) => text.includes(word) || joined.includes(word))
}

/** Stations with a place, nearest first, each with its distance in metres. */
export function nearest(stations: readonly StationNow[], from: Place): { station: StationNow; metres: number }[] {
  return stations
    .flatMap((station) => {
      const at = placeOf(station)
      return at === null ? [] : [{ station, metres: metresBetween(from, at) }]
    })
    .sort((a, b) => a.metres - b.metres)
}
