// Where a document, and a quoted passage of it, is opened on the page.
import type { SourceOut } from '../api/types.gen'

const OF_API = /^\/api\/v1\/documents\/([0-9a-f]{32})(?:\/passage\?(.*))?$/

export const documentPath = (id: string): string => `/documents/${encodeURIComponent(id)}`

/** The page's address for a source's, null where the source is no uploaded document. */
export function passagePath({ url, chunk_id: chunkId }: Pick<SourceOut, 'url' | 'chunk_id'>): string | null {
  const match = OF_API.exec(url ?? '')
  return match === null ? null : `${documentPath(match[1] ?? '')}?${match[2] ?? new URLSearchParams({ chunk_id: chunkId }).toString()}`
}

/** The page that a file's address names at its end (`…#page=2`), null without one. */
export function pageOf(file: string): number | null {
  const page = Number(/#page=(\d+)$/.exec(file)?.[1] ?? 0)
  return page > 0 ? page : null
}
