import { describe, expect, it } from 'vitest'
import { agesOf, byHour } from './quality-figures'

describe("the operator's figures", () => {
  it('stand in the order of the hours, the lift in per cent, what is unknown as a gap', () => {
    const scores = { '10': { crps: 1.5, crps_persistence: 2, lift: 0.25 }, '9': { crps: null, crps_persistence: 2, lift: null } }
    expect(byHour(scores)).toEqual({ hours: [9, 10], error: [null, 1.5], lastError: [2, 2], lift: [null, 25] })
  })
  it('tell how old the counts had become before each poll', () => {
    expect(agesOf([0, 300, 1500])).toEqual({ at: [300, 1500], minutes: [5, 20] })
    expect(agesOf([])).toEqual({ at: [], minutes: [] })
  })
})
