// The time axis: −24 h to +60 min. The past is drawn finer the nearer it is; the hour ahead takes three tenths.
export const FIRST = -1440
export const LAST = 60
export const STEPS = 200
const NOW_AT = 140
const STEP_MINUTES = 5

/** Minutes from now at a position of the slider, in steps of five minutes. */
export function minutesAt(position: number): number {
  const minutes = position >= NOW_AT ? ((position - NOW_AT) / (STEPS - NOW_AT)) * LAST : FIRST * ((NOW_AT - position) / NOW_AT) ** 2
  return Math.round(minutes / STEP_MINUTES) * STEP_MINUTES + 0
}

/** The slider's position for minutes from now: the inverse of `minutesAt`, as a whole number. */
export function positionOf(minutes: number): number {
  if (minutes >= 0) return Math.round(NOW_AT + (Math.min(minutes, LAST) / LAST) * (STEPS - NOW_AT))
  return Math.round(NOW_AT - NOW_AT * Math.sqrt(Math.max(minutes, FIRST) / FIRST))
}

/** The minutes of the next position in a direction that are other minutes. */
export function stepFrom(minutes: number, direction: 1 | -1): number {
  for (let position = positionOf(minutes); position >= 0 && position <= STEPS; position += direction) {
    const there = minutesAt(position)
    if (direction === 1 ? there > minutes : there < minutes) return there
  }
  return direction === 1 ? LAST : FIRST
}

export const TICKS: readonly { minutes: number; label: string }[] = [
  { minutes: -1440, label: '−24 h' },
  { minutes: -720, label: '−12' },
  { minutes: -360, label: '−6' },
  { minutes: -120, label: '−2' },
  { minutes: 0, label: '0' },
  { minutes: 30, label: '+30' },
  { minutes: 60, label: '+60' },
]
