// What the operator has set for the page; asked for once.
import { getJson } from './client'
import { queryClient } from './live'
import type { PageSettings } from './types.gen'

export const PAGE_SETTINGS = {
  queryKey: ['page-settings'],
  queryFn: () => getJson<PageSettings>('/api/v1/page', { as: 'nobody' }),
  staleTime: Infinity,
} as const

export const pageSettings = (): Promise<PageSettings> => queryClient.fetchQuery(PAGE_SETTINGS)
