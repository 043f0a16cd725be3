// Where the map looks: the whole city at first, then a place that is chosen.
import { LngLatBounds, type Map as GlMap } from 'maplibre-gl'
import { useEffect, useRef, type RefObject } from 'react'
import type { Camera } from '../state/url-state'
import { placeOf, type Place } from '../stations/geo'
import type { MapPin } from './StationMap'

export type MapRef = RefObject<GlMap | null>

const PADDING = { top: 64, bottom: 124, left: 28, right: 52 } // pixels, under what lies on the map
const CLOSE = 14.5 // zoom
const CLOSE_ENOUGH = 13.5

export function cameraOf(map: GlMap): Camera {
  const { lat, lng } = map.getCenter()
  return { lat, lon: lng, zoom: map.getZoom() }
}

/** Show the whole city when its stations first come, unless a place or a camera is asked for. */
export function useFitOnce(map: MapRef, pins: readonly MapPin[], place: Place | null, isPlaced: boolean): void {
  const isDone = useRef(isPlaced)
  useEffect(() => {
    if (isDone.current || pins.length === 0 || map.current === null) return
    isDone.current = true
    if (place !== null) return void map.current.jumpTo({ center: [place.lon, place.lat], zoom: CLOSE })
    const bounds = new LngLatBounds()
    for (const { station } of pins) {
      const at = placeOf(station)
      if (at !== null) bounds.extend([at.lon, at.lat])
    }
    if (!bounds.isEmpty()) map.current.fitBounds(bounds, { padding: PADDING, animate: false })
  }, [map, pins, place])
}

/** Go to a place when it is chosen. The one that an address names beside a camera (`isPlaced`) moves nothing. */
export function useFollow(map: MapRef, place: Place | null, isPlaced: boolean): void {
  const isSkipped = useRef(isPlaced)
  const key = place === null ? null : `${String(place.lat)},${String(place.lon)}`
  useEffect(() => {
    if (place === null || map.current === null) return
    if (isSkipped.current) {
      isSkipped.current = false
      return
    }
    const isReduced = matchMedia('(prefers-reduced-motion: reduce)').matches
    map.current.easeTo({ center: [place.lon, place.lat], zoom: Math.max(map.current.getZoom(), CLOSE_ENOUGH), animate: !isReduced })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` says whether the place is another one
  }, [map, key])
}
