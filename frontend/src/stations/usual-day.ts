// The usual day of a station, from its last week: working days and weekends apart.
import type { StationPast } from '../api/types.gen'

const SLOT_MINUTES = 30
const SLOTS = (24 * 60) / SLOT_MINUTES

/** By half hour of the city's day: the middle number of bikes, and what lies below and above it most of the time. */
export interface UsualDay {
  hours: number[] // 0 to 23.5
  middle: (number | null)[]
  low: (number | null)[] // a tenth of the polls were below
  high: (number | null)[] // a tenth were above
  days: number // days that it was made of
}

interface LocalMoment {
  date: string
  isWeekend: boolean
  slot: number
}

function localMoments(zone: string): (at: number) => LocalMoment {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  })
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const minutes = Number(parts.hour) * 60 + Number(parts.minute)
    return {
      date: `${parts.year ?? ''}-${parts.month ?? ''}-${parts.day ?? ''}`,
      isWeekend: parts.weekday === 'Sat' || parts.weekday === 'Sun',
      slot: Math.floor(minutes / SLOT_MINUTES),
    }
  }
}

/** The usual day of the kind of day (working day or weekend) that `now` is on, without that day itself. */
export function usualDay(past: StationPast, zone: string, now: number): UsualDay {
  const moment = localMoments(zone)
  const today = moment(now)
  const dates = new Set<string>()
  const slots = Array.from({ length: SLOTS }, (): number[] => [])
  for (const point of past.points) {
    const { date, isWeekend, slot } = moment(Date.parse(point.at))
    if (isWeekend !== today.isWeekend || date === today.date) continue
    dates.add(date)
    slots[slot]?.push(point.bikes)
  }
  slots.forEach((counts) => counts.sort((a, b) => a - b))
  const share = (part: number) => slots.map((counts) => counts[Math.floor(part * (counts.length - 1))] ?? null)
  return { hours: slots.map((_, slot) => (slot * SLOT_MINUTES) / 60), middle: share(0.5), low: share(0.1), high: share(0.9), days: dates.size }
}
