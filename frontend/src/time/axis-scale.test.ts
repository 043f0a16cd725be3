import { describe, expect, it } from 'vitest'
import { FIRST, LAST, minutesAt, positionOf, stepFrom, STEPS } from './axis-scale'

describe('the time axis', () => {
  it('runs from a day ago to an hour ahead', () => {
    expect([minutesAt(0), minutesAt(positionOf(0)), minutesAt(STEPS)]).toEqual([FIRST, 0, LAST])
  })
  it('never turns back', () => {
    const all = Array.from({ length: STEPS + 1 }, (_, position) => minutesAt(position))
    expect(all).toEqual([...all].sort((a, b) => a - b))
  })
  it('comes to every five minutes ahead', () => {
    for (let minutes = 0; minutes <= LAST; minutes += 5) expect(minutesAt(positionOf(minutes))).toBe(minutes)
  })
  it('steps to another moment, and ends at the ends', () => {
    expect(stepFrom(0, 1)).toBe(5)
    expect(stepFrom(0, -1)).toBeLessThan(0)
    expect(stepFrom(LAST, 1)).toBe(LAST)
  })
})
