// The stations, their forecasts and the notices, kept up to date by events; by polling where those do not come.
import { QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError, ask, getJson } from './client'
import type { ForecastPast, Forecasts, NoticesOut, StationForecast, StationList, StationPast } from './types.gen'

const WITH_EVENTS_MS = 120_000
const WITHOUT_EVENTS_MS = 30_000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      refetchIntervalInBackground: false,
      networkMode: 'always',
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
})

let hasEvents = false
const interval = (): number => (hasEvents ? WITH_EVENTS_MS : WITHOUT_EVENTS_MS)

/** The list, and when the service sent it (ms); a copy of the service worker keeps its own time. */
export type ReceivedStations = StationList & { sent_at: number }

const CLOCK_SKEW_MS = 90_000 // devices' clocks differ; a smaller difference is none

async function fetchStations(): Promise<ReceivedStations> {
  const answer = await ask('/api/v1/realtime/stations', { as: 'nobody' })
  const now = Date.now()
  const sent = Date.parse(answer.headers.get('date') ?? '')
  const list = (await answer.json()) as StationList
  return { ...list, sent_at: now - sent > CLOCK_SKEW_MS ? sent : now }
}

export const useStations = () => useQuery({ queryKey: ['stations'], queryFn: fetchStations, refetchInterval: interval })

export const useForecasts = () =>
  useQuery({
    queryKey: ['forecasts'],
    queryFn: () => getJson<Forecasts>('/api/v1/predict/stations', { as: 'nobody' }),
    refetchInterval: interval,
  })

export const useNotices = () =>
  useQuery({
    queryKey: ['notices'],
    queryFn: () => getJson<NoticesOut>('/api/v1/notices', { as: 'nobody' }),
    refetchInterval: interval,
  })

export const useForecast = (id: string) =>
  useQuery({
    queryKey: ['forecast', id],
    queryFn: () => getJson<StationForecast>(`/api/v1/predict/stations/${encodeURIComponent(id)}`, { as: 'nobody' }),
  })

export const useHistory = (id: string, hours: number) =>
  useQuery({
    queryKey: ['history', id, hours],
    queryFn: () =>
      getJson<StationPast>(`/api/v1/realtime/stations/${encodeURIComponent(id)}/history?hours=${String(hours)}`, { as: 'nobody' }),
  })

/** What had been forecast for each moment of the last hours. */
export const useForecastPast = (id: string, hours: number) =>
  useQuery({
    queryKey: ['forecast-history', id, hours],
    queryFn: () =>
      getJson<ForecastPast>(`/api/v1/predict/stations/${encodeURIComponent(id)}/history?hours=${String(hours)}`, { as: 'nobody' }),
  })

/** Refetch what an event says is new. Listens while the page is in sight. */
export function useEvents(): void {
  const client = useQueryClient()
  useEffect(() => {
    let source: EventSource | null = null
    const listen = (): void => {
      if (document.hidden) {
        source?.close()
        source = null
        hasEvents = false
        return
      }
      source ??= open(client)
    }
    listen()
    document.addEventListener('visibilitychange', listen)
    return () => {
      document.removeEventListener('visibilitychange', listen)
      source?.close()
      hasEvents = false
    }
  }, [client])
}

const REFETCHED: Record<string, string[]> = {
  snapshot: ['stations', 'history', 'playback'],
  forecasts: ['forecasts', 'forecast', 'plan', 'rebalancing', 'forecast-history'],
  notices: ['notices'],
  model: ['models', 'operations'],
  job: ['jobs', 'models'],
}

function open(client: QueryClient): EventSource {
  const source = new EventSource('/api/v1/events')
  source.onopen = () => (hasEvents = true)
  source.onerror = () => (hasEvents = false)
  for (const [name, keys] of Object.entries(REFETCHED))
    source.addEventListener(name, () => keys.forEach((key) => void client.invalidateQueries({ queryKey: [key] })))
  return source
}

/** The time, told anew every `ms`. */
export function useNow(ms = 15_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms)
    return () => clearInterval(timer)
  }, [ms])
  return now
}
