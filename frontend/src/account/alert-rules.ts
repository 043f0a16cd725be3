// Alert rules: from the form to what the API takes.
import type { AlertRuleIn } from '../api/types.gen'
import type { Place } from '../stations/geo'

export const ALL_DAYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7] // Monday to Sunday

/** What stands in the form. `radius` (metres) is empty for one station. */
export interface AlertDraft {
  stationId: string
  radius: string
  kind: AlertRuleIn['kind']
  threshold: string
  minutes: string
  weekdays: readonly number[]
  from: string
  until: string
}

/** The rule of a draft; a neighbourhood lies around `place`. Every day is sent as no days, no hours as none. */
export function ruleOf(draft: AlertDraft, place: Place | null): AlertRuleIn {
  const where = draft.radius === '' || place === null ? { station_id: draft.stationId } : { area: { ...place, radius: Number(draft.radius) } }
  const days = draft.weekdays.length === 0 || draft.weekdays.length === ALL_DAYS.length ? {} : { weekdays: [...draft.weekdays] }
  const hours = draft.from === '' || draft.until === '' ? {} : { from_time: draft.from, until_time: draft.until }
  return { ...where, ...days, ...hours, kind: draft.kind, threshold: Number(draft.threshold), minutes: Number(draft.minutes) }
}

/** Short names of the weekdays, Monday first. */
export function weekdayNames(language: string): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' })
  return ALL_DAYS.map((day) => format.format(new Date(Date.UTC(2024, 0, day)))) // 1 January 2024 was a Monday
}
