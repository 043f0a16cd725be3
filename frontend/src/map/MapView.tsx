// The map with its panel: the list of stations, one station, or the way to one.
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Going } from '../going/Going'
import { formatCamera, useKeptSearch, useViewState, type Camera } from '../state/url-state'
import { placeOf } from '../stations/geo'
import { StationList } from '../stations/StationList'
import { StationPanel } from '../stations/StationPanel'
import { useOutlooks } from '../stations/use-outlooks'
import { TimeAxis } from '../time/TimeAxis'
import { Failure } from '../ui/Failure'
import { DataAge } from './DataAge'
import { Legend } from './Legend'
import { WantSwitch } from './WantSwitch'

const StationMap = lazy(() => import('./StationMap'))
const CLUSTERS_ABOVE = 60 // stations

interface Props {
  stationId?: string
  isPlan?: boolean
}

export function MapView({ stationId, isPlan = false }: Props) {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  const [, navigate] = useLocation()
  const kept = useKeptSearch()
  const { pins, byId, isLoading } = useOutlooks(view.want, view.minutes)
  const goalId = isPlan ? new URLSearchParams(location.search).get('to') : stationId
  const station = goalId == null ? undefined : byId.get(goalId)?.station
  const chosen = useMemo(() => (station === undefined ? null : placeOf(station)), [station])
  const choose = useCallback(
    (id: string) => navigate(isPlan ? `/going${kept}${kept ? '&' : '?'}to=${encodeURIComponent(id)}` : `/stations/${encodeURIComponent(id)}${kept}`),
    [navigate, isPlan, kept],
  )
  const [start] = useState({ camera: view.camera, isChosen: goalId != null })
  const look = useCallback((camera: Camera) => change({ map: formatCamera(camera) }), [change])
  const setMinutes = useCallback((minutes: number) => change({ t: minutes === 0 ? null : String(minutes) }), [change])
  return (
    <div className={isPlan ? 'map-view plan' : 'map-view'}>
      <section className="panel" aria-label={isPlan ? t('nav.going') : t('list.all')}>
        {isPlan ? <Going /> : stationId === undefined ? <StationList pins={pins} isLoading={isLoading} /> : <StationPanel id={stationId} />}
      </section>
      <div className="map-area">
        <Failure>
          <Suspense fallback={null}>
            <StationMap
              pins={pins}
              chosen={chosen}
              here={view.near}
              hasClusters={view.isClustered && pins.length > CLUSTERS_ABOVE}
              start={start.camera}
              isChosenFirst={start.isChosen}
              onChoose={choose}
              onLook={look}
            />
          </Suspense>
        </Failure>
        <div className="map-overlay top">
          <WantSwitch />
          <DataAge />
        </div>
        <div className="map-overlay bottom">
          <Legend canCluster={pins.length > CLUSTERS_ABOVE} />
          <TimeAxis minutes={view.minutes} onChange={setMinutes} />
        </div>
      </div>
    </div>
  )
}
