import { describe, expect, it } from 'vitest'
import type { StationPast } from '../api/types.gen'
import { usualDay } from './usual-day'

// 2026-11-26 is a Thursday; Seoul is nine hours ahead.
const NOW = Date.parse('2026-11-27T03:00:00Z')
const past = (...points: [string, number][]) => ({ points: points.map(([at, bikes]) => ({ at, bikes })) }) as unknown as StationPast

describe('the usual day', () => {
  it('is of the same kind of day, by the half hours of the city, without today', () => {
    const day = usualDay(
      past(['2026-11-24T23:10:00Z', 2], ['2026-11-25T23:20:00Z', 6], ['2026-11-25T23:25:00Z', 4], ['2026-11-21T23:10:00Z', 50], ['2026-11-26T23:10:00Z', 70]),
      'Asia/Seoul',
      NOW,
    )
    expect(day.days).toBe(2)
    expect(day.hours[16]).toBe(8)
    expect([day.low[16], day.middle[16], day.high[16]]).toEqual([2, 4, 4])
    expect(day.middle.filter((bikes) => bikes !== null)).toHaveLength(1)
  })
  it('is nothing where there is no day yet', () => {
    expect(usualDay(past(['2026-11-26T23:10:00Z', 7]), 'Asia/Seoul', NOW)).toMatchObject({ days: 0 })
  })
})
