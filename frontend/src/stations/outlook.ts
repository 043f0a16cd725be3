// What will be at a station: a count now or in the past, a chance in the future; and how that looks.
import type { Horizon, StationForecast, StationNow } from '../api/types.gen'
import type { PastCounts } from '../time/playback'

export type Want = 'bike' | 'ebike' | 'dock'
export type Level = 'good' | 'few' | 'none' | 'unknown' | 'off'

export interface Outlook {
  level: Level
  label: string // what stands in the pin
  count: number | null // bikes or docks, expected ones in the future
  chance: number | null // of at least one, 0 to 1; null where it is a count
  chanceBefore?: number | null // of the past: the chance that had been forecast half an hour before
}

export const WANTS: readonly Want[] = ['bike', 'ebike', 'dock']
export const GOOD_CHANCE = 0.9
export const FEW_CHANCE = 0.6
const GOOD_COUNT = 4

const UNLIMITED: Outlook = { level: 'good', label: '∞', count: null, chance: null }
export const LOADING: Outlook = { level: 'unknown', label: '…', count: null, chance: null }
const UNKNOWN: Outlook = { level: 'unknown', label: '?', count: null, chance: null }

export function isOff(station: StationNow, want: Want): boolean {
  return !station.installed || (want === 'dock' ? !station.returning : !station.renting)
}

export function countOf(station: { bikes: number; docks: number | null; ebikes?: number | null }, want: Want): number | null {
  if (want === 'bike') return station.bikes
  return (want === 'dock' ? station.docks : station.ebikes) ?? null
}

/** The outlook of a count, now or in the past. */
export function outlookOfCount(count: number | null): Outlook {
  if (count === null) return UNKNOWN
  const level = count >= GOOD_COUNT ? 'good' : count > 0 ? 'few' : 'none'
  return { level, label: count > 99 ? '99+' : String(count), count, chance: null }
}

/** The outlook of a chance. 100 % is never promised, 0 % never said. */
export function outlookOfChance(chance: number, count: number | null): Outlook {
  return { level: levelOfChance(chance), label: `${String(percent(chance))}%`, count, chance }
}

/** What was at a station, and what had been forecast for then. */
export function outlookOfPast(past: PastCounts | undefined, want: Want): Outlook {
  if (past === undefined || want === 'ebike') return UNKNOWN
  if (want === 'dock' && past.isUnlimited) return UNLIMITED
  const outlook = outlookOfCount(want === 'dock' ? past.docks : past.bikes)
  return { ...outlook, chanceBefore: want === 'dock' ? past.dockChance : past.bikeChance }
}

/** The level of a chance as it is shown, in whole per cents. */
export function levelOfChance(chance: number): 'good' | 'few' | 'none' {
  const shown = percent(chance) / 100
  return shown >= GOOD_CHANCE ? 'good' : shown >= FEW_CHANCE ? 'few' : 'none'
}

export const percent = (chance: number): number => Math.min(99, Math.max(1, Math.round(chance * 100)))

/** What will be at a station in `minutes` (0: what is there now). */
export function outlookAt(station: StationNow, forecast: StationForecast | undefined, want: Want, minutes: number, isClosed = false): Outlook {
  if (isClosed || isOff(station, want)) return { level: 'off', label: '', count: null, chance: null }
  if (want === 'dock' && station.unlimited) return UNLIMITED
  const now = countOf(station, want)
  if (minutes <= 0) return outlookOfCount(now)
  if (want === 'ebike' || forecast === undefined || now === null) return UNKNOWN
  const { chance, bikes } = chanceAt(forecast.horizons, { count: now, bikes: station.bikes }, want, minutes)
  if (chance === null) return UNKNOWN
  const docks = station.capacity == null || bikes === null ? null : Math.max(0, station.capacity - bikes)
  return outlookOfChance(chance, want === 'bike' ? bikes : docks)
}

interface ChanceAt {
  chance: number | null
  bikes: number | null
}

/** What is there now: of what is wanted, and of bikes. */
export interface PresentCount {
  count: number
  bikes: number
}

/** Chance and expected bikes, on straight lines between now and the horizons. */
export function chanceAt(horizons: readonly Horizon[], { count, bikes }: PresentCount, want: Want, minutes: number): ChanceAt {
  let before = { minutes: 0, chance: count > 0 ? 1 : 0, bikes }
  for (const horizon of horizons) {
    const chance = want === 'dock' ? horizon.p_dock : horizon.p_bike
    if (chance === null || horizon.bikes === null) return { chance: null, bikes: null }
    if (minutes <= horizon.minutes) {
      const share = (minutes - before.minutes) / (horizon.minutes - before.minutes)
      return { chance: before.chance + share * (chance - before.chance), bikes: before.bikes + share * (horizon.bikes - before.bikes) }
    }
    before = { minutes: horizon.minutes, chance, bikes: horizon.bikes }
  }
  return horizons.length > 0 ? { chance: before.chance, bikes: before.bikes } : { chance: null, bikes: null }
}

/** The word for a chance: a key of the translations. */
export function wordOf(chance: number): 'almostCertain' | 'likely' | 'unsure' | 'unlikely' {
  const level = levelOfChance(chance)
  if (level !== 'none') return level === 'good' ? 'almostCertain' : 'likely'
  return chance >= 0.3 ? 'unsure' : 'unlikely'
}
