// The view's state in the URL: what is wanted, the moment, the search, where the map looks. Links carry it along.
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { parsePlace, type Place } from '../stations/geo'
import { WANTS, type Want } from '../stations/outlook'

export interface ViewState {
  want: Want
  minutes: number // −1440 to 60, 0 is now
  query: string
  near: Place | null
  favourites: boolean
  camera: Camera | null // null: the whole city
  isClustered: boolean
}

/** Where the map looks: its middle, and how near. */
export interface Camera extends Place {
  zoom: number
}

type Change = Partial<Record<'want' | 't' | 'q' | 'near' | 'fav' | 'map' | 'pins', string | null>>

export function useViewState(): [ViewState, (change: Change) => void] {
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (values: Change) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [key, value] of Object.entries(values)) {
            if (value === null || value === '') next.delete(key)
            else next.set(key, value)
          }
          return next
        },
        { replace: true },
      ),
    [setParams],
  )
  const view = useMemo(() => parseView(params), [params])
  const near = useMemo(() => parsePlace(params.get('near')), [params.get('near')]) // eslint-disable-line react-hooks/exhaustive-deps -- the same place while its text is the same
  return [useMemo(() => ({ ...view, near }), [view, near]), change]
}

export function parseView(params: URLSearchParams): ViewState {
  const want = params.get('want') as Want | null
  const minutes = Number(params.get('t') ?? 0)
  return {
    want: want !== null && WANTS.includes(want) ? want : 'bike',
    minutes: Number.isFinite(minutes) ? Math.min(60, Math.max(-1440, Math.round(minutes))) : 0,
    query: params.get('q') ?? '',
    near: parsePlace(params.get('near')),
    favourites: params.get('fav') === '1',
    camera: parseCamera(params.get('map')),
    isClustered: params.get('pins') !== 'all',
  }
}

/** `lat,lon,zoom` as a camera, null for anything else. */
export function parseCamera(text: string | null): Camera | null {
  const parts = text?.split(',') ?? []
  const place = parsePlace(parts.slice(0, 2).join(','))
  const zoom = Number(parts[2])
  return place === null || parts.length !== 3 || !(zoom >= 0 && zoom <= 24) ? null : { ...place, zoom }
}

export const formatCamera = ({ lat, lon, zoom }: Camera): string => `${lat.toFixed(4)},${lon.toFixed(4)},${zoom.toFixed(1)}`

/** The present search with which a link keeps what is wanted and when. */
export function useKeptSearch(): string {
  const [params] = useSearchParams()
  const search = new URLSearchParams()
  for (const key of ['want', 't', 'near', 'map', 'pins']) {
    const value = params.get(key)
    if (value !== null) search.set(key, value)
  }
  return search.size > 0 ? `?${search.toString()}` : ''
}
