import { describe, expect, it } from 'vitest'
import { toCsv } from './LastDay'

describe('history as CSV', () => {
  it('leaves empty what is unknown, and quotes what needs it', () => {
    const past = { station_id: 'a,"b"', from: '', to: '', points: [{ at: '2026-11-20T10:00:00Z', bikes: 3, docks: null, ebikes: null, renting: true }] }
    expect(toCsv(past)).toBe('station_id,at,bikes,docks,ebikes,renting\r\n"a,""b""",2026-11-20T10:00:00Z,3,,,true\r\n')
  })
})
