import { describe, expect, it } from 'vitest'
import type { RebalancingMove, StationNow } from '../api/types.gen'
import { movePins } from './move-pins'

const stations = [{ station_id: 'A' }, { station_id: 'B' }] as StationNow[]
const move = (id: string, kind: 'empty' | 'full', bikes: number) => ({ station_id: id, kind, bikes }) as RebalancingMove

describe('the rebalancing list on the map', () => {
  it('says what to bring and what to take, of the stations there are', () => {
    const pins = movePins([move('A', 'empty', 4), move('B', 'full', -3), move('C', 'empty', 1)], stations)
    expect(pins.map(({ station, outlook }) => [station.station_id, outlook.label, outlook.level])).toEqual([
      ['A', '+4', 'none'],
      ['B', '−3', 'few'],
    ])
  })
})
