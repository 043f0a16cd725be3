// Pins of the rebalancing list.
import type { RebalancingMove, StationNow } from '../api/types.gen'
import type { MapPin } from '../map/StationMap'

/** A pin for each move of a known station: "+4" are bikes to bring (empty: the square), "−3" to take. */
export function movePins(moves: readonly RebalancingMove[], stations: readonly StationNow[]): MapPin[] {
  const byId = new Map(stations.map((station) => [station.station_id, station]))
  return moves.flatMap(({ station_id: id, bikes, kind }) => {
    const station = byId.get(id)
    if (station === undefined) return []
    const label = bikes >= 0 ? `+${String(bikes)}` : `−${String(-bikes)}`
    return [{ station, outlook: { level: kind === 'empty' ? 'none' : 'few', label, count: null, chance: null } }]
  })
}
