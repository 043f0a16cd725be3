import { describe, expect, it } from 'vitest'
import type { StationNow } from '../api/types.gen'
import { matchesQuery, metresBetween, parsePlace } from './geo'

const STATION = { station_id: 'ST-4', name: '102. 망원역 1번출구 앞', names: { ko: '102. 망원역 1번출구 앞', en: '102. Mangwon Stn. Exit 1' } } as unknown as StationNow

describe('search', () => {
  it.each(['망원', '망원역1번', 'mangwon', 'exit MANGWON', '102', 'st-4', ''])('finds the station by %j', (query) => {
    expect(matchesQuery(STATION, query)).toBe(true)
  })
  it('does not find it by a word it lacks', () => {
    expect(matchesQuery(STATION, '망원 park')).toBe(false)
  })
})

describe('places', () => {
  it('reads lat,lon and nothing else', () => {
    expect(parsePlace('37.5,126.9')).toEqual({ lat: 37.5, lon: 126.9 })
    for (const text of [null, '', '1', 'a,b', '91,0', '1,2,3']) expect(parsePlace(text)).toBeNull()
  })
  it('measures a minute of latitude as a nautical mile', () => {
    expect(metresBetween({ lat: 37, lon: 127 }, { lat: 37 + 1 / 60, lon: 127 })).toBeCloseTo(1853, -1)
  })
})
