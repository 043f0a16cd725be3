// The map of all stations. What it shows stands in the list beside it too, for those who do not use it.
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Feature } from 'geojson'
import type { TFunction } from 'i18next'
import { AttributionControl, Map as GlMap, NavigationControl, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StationNow } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useIsDark } from '../state/preferences'
import type { Camera } from '../state/url-state'
import { placeOf, type Place } from '../stations/geo'
import type { Outlook } from '../stations/outlook'
import { EMPTY, mapStyle, STATIONS } from './map-style'
import { drawPin, pinName } from './pin-images'
import { useBaseMap } from './use-base-map'
import { cameraOf, useFitOnce, useFollow, type MapRef } from './use-camera'

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
  start?: Camera | null // where to look first, before any chosen place; null: the whole city
  isChosenFirst?: boolean // whether a place is chosen from the beginning, though its station may still be loading
  onChoose: (stationId: string) => void
  onLook?: (camera: Camera) => void // somebody moved the map
}

const colour = (token: string): string => getComputedStyle(document.documentElement).getPropertyValue(token).trim()

export default function StationMap({ pins, chosen, here, hasClusters, start = null, isChosenFirst = false, onChoose, onLook }: Props) {
  const { t } = useTranslation()
  const language = currentLanguage()
  const isDark = useIsDark()
  const frame = useRef<HTMLDivElement>(null)
  const map = useRef<GlMap | null>(null)
  const [isReady, setReady] = useState(0)
  const [failed, setFailed] = useState(false)
  const told = useRef({ onChoose, onLook })
  useEffect(() => {
    told.current = { onChoose, onLook }
  }, [onChoose, onLook])
  const camera = useRef(start)
  const baseMap = useBaseMap()

  useEffect(() => {
    if (frame.current === null) return
    let made: GlMap
    try {
      made = createMap(frame.current, camera.current, (id) => told.current.onChoose(id), t)
    } catch {
      setFailed(true)
      return
    }
    map.current = made
    made.on('style.load', () => setReady((count) => count + 1))
    made.on('moveend', ({ originalEvent }) => {
      camera.current = cameraOf(made)
      if (originalEvent !== undefined) told.current.onLook?.(camera.current)
    })
    return () => {
      map.current = null
      made.remove()
    }
  }, [t])

  useEffect(() => {
    if (baseMap !== undefined) map.current?.setStyle(mapStyle({ colour, language, hasClusters, isDark, baseMap }), { diff: false })
  }, [isDark, language, hasClusters, baseMap])

  useFitOnce(map, pins, chosen ?? here, start !== null)
  useSource(map, isReady, STATIONS, () => pins.flatMap((pin) => stationFeature(pin, isDark)), [pins, isDark])
  useSource(map, isReady, 'chosen', () => (chosen ? [point(chosen, {})] : []), [chosen])
  useSource(map, isReady, 'here', () => (here ? [point(here, {})] : []), [here])
  useFollow(map, chosen, start !== null && isChosenFirst)
  useFollow(map, here, start !== null && here !== null)

  if (failed) return <p className="notice warning">{t('map.noWebGl')}</p>
  return <div ref={frame} className="map-canvas" role="region" aria-label={t('map.label')} />
}

function createMap(container: HTMLElement, camera: Camera | null, onChoose: (id: string) => void, t: TFunction): GlMap {
  const made = new GlMap({
    container,
    style: { version: 8, sources: {}, layers: [] },
    center: [camera?.lon ?? 126.99, camera?.lat ?? 37.54],
    zoom: camera?.zoom ?? 10.6,
    minZoom: 2,
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    locale: { 'NavigationControl.ZoomIn': t('map.zoomIn'), 'NavigationControl.ZoomOut': t('map.zoomOut') },
  })
  made.touchZoomRotate.disableRotation()
  made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  made.addControl(new AttributionControl({ compact: true }), 'top-right') // below stands the time axis
  container.querySelector('.maplibregl-ctrl-attrib')?.classList.add('maplibregl-compact') // folded until asked for
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

async function clicked(map: GlMap, { point: at, originalEvent }: MapMouseEvent, onChoose: (id: string) => void): Promise<void> {
  if (map.getLayer('pins') === undefined) return
  const reach = 6
  const box: [[number, number], [number, number]] = [[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]]
  const [hit] = map.queryRenderedFeatures(box, { layers: ['pins', 'clusters'] })
  if (hit === undefined || hit.geometry.type !== 'Point') return
  if (hit.layer.id === 'pins') return onChoose(String(hit.properties.id))
  const zoom = await map.getSource<GeoJSONSource>(STATIONS)?.getClusterExpansionZoom(Number(hit.properties.cluster_id))
  map.easeTo({ center: hit.geometry.coordinates as [number, number], zoom: zoom ?? map.getZoom() + 2 }, { originalEvent })
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

function useSource(map: MapRef, isReady: number, name: string, features: () => Feature[], inputs: readonly unknown[]): void {
  useEffect(() => {
    if (isReady === 0) return
    map.current?.getSource<GeoJSONSource>(name)?.setData({ ...EMPTY, features: features() })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `inputs` are what `features` reads
  }, [isReady, name, ...inputs])
}
