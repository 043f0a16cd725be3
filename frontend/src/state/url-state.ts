// The view's state in the URL: what is wanted, the moment, the search, the map's middle. Links carry it along.
import { useCallback } from 'react'
import { useSearchParams } from 'wouter'
import { parsePlace, type Place } from '../stations/geo'
import { WANTS, type Want } from '../stations/outlook'

export interface ViewState {
  want: Want
  minutes: number // −1440 to 60, 0 is now
  query: string
  near: Place | null
  favourites: boolean
}

type Change = Partial<Record<'want' | 't' | 'q' | 'near' | 'fav', string | null>>

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
  return [parseView(params), change]
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
  }
}

/** The present search with which a link keeps what is wanted and when. */
export function useKeptSearch(): string {
  const [params] = useSearchParams()
  const search = new URLSearchParams()
  for (const key of ['want', 't', 'near']) {
    const value = params.get(key)
    if (value !== null) search.set(key, value)
  }
  return search.size > 0 ? `?${search.toString()}` : ''
}
