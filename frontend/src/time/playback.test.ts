import { describe, expect, it } from 'vitest'
import type { Playback } from '../api/types.gen'
import { countsAt } from './playback'

const PLAYBACK = {
  ids: ['A', 'B'],
  hours: [
    { from: '', times: [100, 400], bikes: [[1, 2], [3, 4]], docks: [[5, 6], [9999, -1]], p_bike: [[90, -1], [10, 20]], p_dock: [[50, 60], [-1, -1]] },
    { from: '', times: [700], bikes: [[7], [-1]], docks: [[8], [9]], p_bike: [[99], [1]], p_dock: [[1], [1]] },
  ],
} as unknown as Playback

describe('a moment of the past', () => {
  it('is the last poll that was not after it', () => {
    expect(countsAt(PLAYBACK, 450).get('A')).toEqual({ bikes: 2, docks: 6, isUnlimited: false, bikeChance: null, dockChance: 0.6 })
    expect(countsAt(PLAYBACK, 700).get('A')?.bikes).toBe(7)
  })
  it('tells unknown from unlimited, and neither is a number', () => {
    expect(countsAt(PLAYBACK, 100).get('B')).toMatchObject({ docks: null, isUnlimited: true })
    expect(countsAt(PLAYBACK, 400).get('B')).toMatchObject({ docks: null, isUnlimited: false })
    expect(countsAt(PLAYBACK, 700).get('B')?.bikes).toBeNull()
  })
  it('is empty before the first poll', () => {
    expect(countsAt(PLAYBACK, 99).size).toBe(0)
  })
})
