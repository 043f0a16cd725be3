// The map of all stations. What it shows stands in the list beside it too, for those who do not use it.
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Feature } from 'geojson'
import { LngLatBounds, Map as GlMap, NavigationControl, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StationNow } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useIsDark } from '../state/preferences'
import { placeOf, type Place } from '../stations/geo'
import type { Outlook } from '../stations/outlook'
import { EMPTY, mapStyle, STATIONS } from './map-style'
import { drawPin, pinName } from './pin-images'

setWorkerUrl(workerUrl)

const ORDER = { none: 3, few: 2, good: 1, unknown: 0, off: 0 }

export interface MapPin {
  station: StationNow
  outlook: Outlook
}

interface Props {
  pins: readonly MapPin[]
  chosen: Place | null
  here: Place | null
  hasClusters: boolean
  onChoose: (stationId: string) => void
}

const colour = (token: string): string => getComputedStyle(document.documentElement).getPropertyValue(token).trim()

export default function StationMap({ pins, chosen, here, hasClusters, onChoose }: Props) {
  const { t } = useTranslation()
  const language = currentLanguage()
  const isDark = useIsDark()
  const frame = useRef<HTMLDivElement>(null)
  const map = useRef<GlMap | null>(null)
  const [isReady, setReady] = useState(0)
  const [failed, setFailed] = useState(false)
  const choose = useRef(onChoose)
  useEffect(() => {
    choose.current = onChoose
  }, [onChoose])

  useEffect(() => {
    if (frame.current === null) return
    let made: GlMap
    try {
      made = createMap(frame.current, (id) => choose.current(id), t('map.zoomIn'), t('map.zoomOut'))
    } catch {
      setFailed(true)
      return
    }
    map.current = made
    made.on('style.load', () => setReady((count) => count + 1))
    return () => {
      map.current = null
      made.remove()
    }
  }, [t])

  useEffect(() => {
    map.current?.setStyle(mapStyle({ colour, language, hasClusters }), { diff: false })
  }, [isDark, language, hasClusters])

  useFitOnce(map, pins, chosen ?? here)
  useSource(map, isReady, STATIONS, () => pins.flatMap((pin) => stationFeature(pin, isDark)), [pins, isDark])
  useSource(map, isReady, 'chosen', () => (chosen ? [point(chosen, {})] : []), [chosen])
  useSource(map, isReady, 'here', () => (here ? [point(here, {})] : []), [here])
  useFollow(map, chosen)
  useFollow(map, here)

  if (failed) return <p className="notice warning">{t('map.noWebGl')}</p>
  return <div ref={frame} className="map-canvas" role="region" aria-label={t('map.label')} />
}

function createMap(container: HTMLElement, onChoose: (id: string) => void, zoomIn: string, zoomOut: string): GlMap {
  const made = new GlMap({
    container,
    style: { version: 8, sources: {}, layers: [] },
    center: [126.99, 37.54],
    zoom: 10.6,
    minZoom: 2,
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: { compact: true },
    locale: { 'NavigationControl.ZoomIn': zoomIn, 'NavigationControl.ZoomOut': zoomOut },
  })
  made.touchZoomRotate.disableRotation()
  made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  made.setMissingStyleImageResolver((id) => {
    const pin = drawPin(id)
    if (pin !== null && !made.hasImage(id)) made.addImage(id, pin.image, { pixelRatio: pin.pixelRatio })
  })
  made.on('click', (event) => void clicked(made, event, onChoose))
  for (const layer of ['pins', 'clusters']) {
    made.on('mouseenter', layer, () => (made.getCanvas().style.cursor = 'pointer'))
    made.on('mouseleave', layer, () => (made.getCanvas().style.cursor = ''))
  }
  return made
}

async function clicked(map: GlMap, { point: at }: MapMouseEvent, onChoose: (id: string) => void): Promise<void> {
  if (map.getLayer('pins') === undefined) return
  const reach = 6
  const box: [[number, number], [number, number]] = [[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]]
  const [hit] = map.queryRenderedFeatures(box, { layers: ['pins', 'clusters'] })
  if (hit === undefined || hit.geometry.type !== 'Point') return
  if (hit.layer.id === 'pins') return onChoose(String(hit.properties.id))
  const zoom = await map.getSource<GeoJSONSource>(STATIONS)?.getClusterExpansionZoom(Number(hit.properties.cluster_id))
  map.easeTo({ center: hit.geometry.coordinates as [number, number], zoom: zoom ?? map.getZoom() + 2 })
}

function stationFeature({ station, outlook }: MapPin, isDark: boolean): Feature[] {
  const at = placeOf(station)
  if (at === null) return []
  const { level, label } = outlook
  const pin = pinName(level, label, isDark, station.stale && level !== 'off')
  return [point(at, { id: station.station_id, capacity: station.capacity ?? null, level, pin, order: ORDER[level] })]
}

const point = (at: Place, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: [at.lon, at.lat] },
})

type MapRef = React.RefObject<GlMap | null>

function useSource(map: MapRef, isReady: number, name: string, features: () => Feature[], inputs: readonly unknown[]): void {
  useEffect(() => {
    if (isReady === 0) return
    map.current?.getSource<GeoJSONSource>(name)?.setData({ ...EMPTY, features: features() })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `inputs` are what `features` reads
  }, [isReady, name, ...inputs])
}

/** Show the whole city when its stations first come, unless a place is asked for. */
function useFitOnce(map: MapRef, pins: readonly MapPin[], place: Place | null): void {
  const isDone = useRef(false)
  useEffect(() => {
    if (isDone.current || pins.length === 0 || map.current === null) return
    isDone.current = true
    if (place !== null) return void map.current.jumpTo({ center: [place.lon, place.lat], zoom: 14.5 })
    const bounds = new LngLatBounds()
    for (const { station } of pins) {
      const at = placeOf(station)
      if (at !== null) bounds.extend([at.lon, at.lat])
    }
    if (!bounds.isEmpty()) map.current.fitBounds(bounds, { padding: { top: 70, bottom: 110, left: 40, right: 50 }, animate: false })
  }, [map, pins, place])
}

function useFollow(map: MapRef, place: Place | null): void {
  const key = place === null ? null : `${String(place.lat)},${String(place.lon)}`
  useEffect(() => {
    if (place === null || map.current === null || map.current.getZoom() === 0) return
    const isReduced = matchMedia('(prefers-reduced-motion: reduce)').matches
    map.current.easeTo({ center: [place.lon, place.lat], zoom: Math.max(map.current.getZoom(), 13.5), animate: !isReduced })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` says whether the place is another one
  }, [map, key])
}

