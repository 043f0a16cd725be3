// Marked stations: kept on the account, or in this browser for somebody who has none.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { FavouritesOut, Success } from '../api/types.gen'

const KEY = 'pedalcast.favourites'
const listeners = new Set<() => void>()
let local: string[] = read()

function read(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : []
  } catch {
    return []
  }
}

function write(ids: string[]): void {
  local = ids
  localStorage.setItem(KEY, JSON.stringify(ids))
  listeners.forEach((listener) => listener())
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export interface Favourites {
  ids: readonly string[]
  toggle: (id: string) => void
}

export function useFavourites(): Favourites {
  const isMember = useSession().state === 'member'
  const client = useQueryClient()
  const kept = useSyncExternalStore(subscribe, () => local)
  const remote = useQuery({
    queryKey: ['favourites'],
    enabled: isMember,
    queryFn: () => getJson<FavouritesOut>('/api/v1/favourites'),
  })
  const rows = remote.data?.data
  const ids = useMemo(() => (isMember ? (rows?.map((row) => row.station_id) ?? []) : kept), [isMember, rows, kept])
  const toggle = useCallback(
    (id: string) => {
      const isMarked = ids.includes(id)
      if (!isMember) return write(isMarked ? kept.filter((other) => other !== id) : [...kept, id])
      const sent = isMarked
        ? sendJson<Success>('DELETE', `/api/v1/favourites/${encodeURIComponent(id)}`)
        : sendJson<Success>('PUT', '/api/v1/favourites', { station_id: id })
      void sent.finally(() => client.invalidateQueries({ queryKey: ['favourites'] }))
    },
    [ids, isMember, kept, client],
  )
  return { ids, toggle }
}
