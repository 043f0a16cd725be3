import { describe, expect, it } from 'vitest'
import type { Horizon, StationForecast, StationNow } from '../api/types.gen'
import { chanceAt, outlookAt, outlookOfChance, outlookOfCount } from './outlook'

const STATION: StationNow = {
  station_id: 'A', name: 'A', bikes: 2, docks: null, renting: true, returning: true, installed: true, capacity: 10,
  observed_at: '2026-11-20T10:00:00Z', snapshot_id: '20261120T100000Z', age: 0, stale: false,
}

const horizon = (minutes: number, p_bike: number | null): Horizon => ({
  minutes, at: '2026-11-20T10:10:00Z', bikes: p_bike === null ? null : 4, low: 3, high: 5, p_bike, p_dock: 0.5,
})

const FORECAST: StationForecast = {
  station_id: 'A', made_at: '2026-11-20T10:00:00Z', observed_at: '2026-11-20T10:00:00Z', model: 'm',
  horizons: [horizon(10, 0.9), horizon(20, 0.7), horizon(30, 0.7), horizon(60, 0.1)],
}

describe('outlook of a count', () => {
  it('has a level of its own for many, few and none', () => {
    expect([9, 1, 0].map((count) => outlookOfCount(count).level)).toEqual(['good', 'few', 'none'])
  })
  it('says "?" for an unknown count, never 0', () => {
    expect(outlookAt(STATION, FORECAST, 'dock', 0)).toMatchObject({ level: 'unknown', label: '?', count: null })
  })
})

describe('outlook of a chance', () => {
  it('never promises 100 % and never says 0 %', () => {
    expect(outlookOfChance(1, 5).label).toBe('99%')
    expect(outlookOfChance(0, 0).label).toBe('1%')
  })
  it('lies on straight lines between the horizons', () => {
    const at = (minutes: number) => chanceAt(FORECAST.horizons, { count: 2, bikes: 2 }, 'bike', minutes).chance
    expect(at(10)).toBeCloseTo(0.9)
    expect(at(15)).toBeCloseTo(0.8)
    expect(at(5)).toBeCloseTo(0.95)
    expect(at(60)).toBeCloseTo(0.1)
  })
  it('is unknown where the forecast is', () => {
    expect(outlookAt(STATION, { ...FORECAST, horizons: [horizon(10, null)] }, 'bike', 10).level).toBe('unknown')
    expect(outlookAt(STATION, undefined, 'bike', 10).level).toBe('unknown')
  })
})

describe('a station out of service', () => {
  it('looks off, whatever its count', () => {
    expect(outlookAt({ ...STATION, renting: false }, FORECAST, 'bike', 0).level).toBe('off')
    expect(outlookAt({ ...STATION, returning: false }, FORECAST, 'dock', 0).level).toBe('off')
    expect(outlookAt(STATION, FORECAST, 'bike', 0, true).level).toBe('off')
  })
})
