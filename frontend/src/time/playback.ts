// The last day of all stations, in columns, fetched when somebody first looks at the past.
import { useQuery } from '@tanstack/react-query'
import { ApiError, getJson } from '../api/client'

export const usePlayback = (isWanted: boolean) =>
  useQuery({
    queryKey: ['playback'],
    enabled: isWanted,
    queryFn: () => getJson<unknown>('/api/v1/realtime/playback?hours=24', { as: 'nobody' }),
    staleTime: 240_000,
    retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status === 404),
  })
