// Columns for the operator's plots.

export type Scores = Record<string, number | null>

export interface HourFigures {
  hours: number[]
  error: (number | null)[] // ranked probability score, bikes
  lastError: (number | null)[] // the last value's
  lift: (number | null)[] // per cent of the last value's error that is saved
}

/** Scores by hour of the day as columns, in the order of the hours. */
export function byHour(scores: Record<string, Scores>): HourFigures {
  const hours = Object.keys(scores).map(Number).sort((a, b) => a - b)
  const column = (name: string): (number | null)[] => hours.map((hour) => scores[String(hour)]?.[name] ?? null)
  return { hours, error: column('crps'), lastError: column('crps_persistence'), lift: column('lift').map((lift) => (lift === null ? null : 100 * lift)) }
}

/** For each poll but the first: its time (epoch seconds) and how old the counts before it had become, in minutes. */
export function agesOf(times: readonly number[]): { at: number[]; minutes: number[] } {
  const at = times.slice(1)
  return { at, minutes: at.map((time, index) => (time - (times[index] ?? time)) / 60) }
}
