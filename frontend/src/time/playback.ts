// The last day of all stations, in columns; fetched when somebody first looks at the past.
import { useQuery } from '@tanstack/react-query'
import { getJson } from '../api/client'
import type { Playback } from '../api/types.gen'

const UNKNOWN = -1
const UNLIMITED = 9999

/** A station at a moment of the past. A forecast's chance (0 to 1) is the one of half an hour before. */
export interface PastCounts {
  bikes: number | null
  docks: number | null
  isUnlimited: boolean
  bikeChance: number | null
  dockChance: number | null
}

export const usePlayback = (isWanted: boolean) =>
  useQuery({
    queryKey: ['playback'],
    enabled: isWanted,
    queryFn: () => getJson<Playback>('/api/v1/realtime/playback?hours=24&forecast=30', { as: 'nobody' }),
    staleTime: 240_000,
  })

/** All stations at the last poll that was not after `at` (epoch seconds), by id; none before the first poll. */
export function countsAt(playback: Playback, at: number): Map<string, PastCounts> {
  const hour = playback.hours.findLast((candidate) => (candidate.times[0] ?? Infinity) <= at)
  const column = hour?.times.findLastIndex((time) => time <= at) ?? -1
  if (hour === undefined || column < 0) return new Map()
  const cell = (rows: readonly (readonly number[])[] | null | undefined, station: number): number => rows?.[station]?.[column] ?? UNKNOWN
  const known = (value: number): number | null => (value === UNKNOWN ? null : value)
  const chance = (value: number): number | null => (value === UNKNOWN ? null : value / 100)
  return new Map(
    playback.ids.map((id, station) => {
      const docks = cell(hour.docks, station)
      return [id, {
        bikes: known(cell(hour.bikes, station)),
        docks: docks === UNLIMITED ? null : known(docks),
        isUnlimited: docks === UNLIMITED,
        bikeChance: chance(cell(hour.p_bike, station)),
        dockChance: chance(cell(hour.p_dock, station)),
      }]
    }),
  )
}
