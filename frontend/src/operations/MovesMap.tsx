// The rebalancing list on the map: how many bikes each station needs, or has too many of.
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useLocation } from 'wouter'
import { useStations } from '../api/live'
import type { RebalancingMove } from '../api/types.gen'
import type { MapPin } from '../map/StationMap'
import { stationPath } from '../stations/geo'
import { Failure } from '../ui/Failure'
import { movePins } from './move-pins'

const StationMap = lazy(() => import('../map/StationMap'))

export function MovesMap({ moves }: { moves: readonly RebalancingMove[] }) {
  const [, navigate] = useLocation()
  const stations = useStations().data?.stations
  const pins = useMemo((): MapPin[] => movePins(moves, stations ?? []), [moves, stations])
  const choose = useCallback((id: string) => navigate(stationPath(id)), [navigate])
  if (pins.length === 0) return null
  return (
    <div className="map-area inset">
      <Failure>
        <Suspense fallback={null}>
          <StationMap pins={pins} chosen={null} here={null} hasClusters={false} onChoose={choose} />
        </Suspense>
      </Failure>
    </div>
  )
}
