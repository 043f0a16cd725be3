// Requests to the API. What fails becomes an `ApiError` with the problem's stable code.
import { bearer, bearerOrGuest, forget, guestToken } from './session'

/** What is refused of a request, by its place: `body.retrieval.passages`, or a node of a workflow and its field. */
export interface RefusedPlace {
  where?: string
  node?: string | null
  field?: string | null
  message: string
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number | null = null,
    readonly places: readonly RefusedPlace[] = [],
  ) {
    super(message)
  }
}

export type Identity = 'nobody' | 'known' | 'guest' // no token; one if there is one; one of a new guest if need be

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  as?: Identity
  headers?: Record<string, string>
  signal?: AbortSignal | null
}

interface ProblemBody {
  error?: string
  detail?: string
  message?: string
  errors?: RefusedPlace[]
}

/** The answer of one request. Raises `ApiError`, also with status 0 where the service cannot be reached. */
export async function ask(path: string, { method, body, as = 'known', headers, signal }: Ask = {}): Promise<Response> {
  const answer = await send(path, { method, body, as, headers, signal } as Ask)
  if (answer.ok) return answer
  if (answer.status === 401 && as === 'guest' && guestToken() !== null) {
    forget()
    const again = await send(path, { method, body, as, headers, signal } as Ask)
    if (again.ok) return again
  }
  throw await problemOf(answer)
}

async function send(path: string, { method = 'GET', body, as, headers, signal }: Ask): Promise<Response> {
  const sent: Record<string, string> = { ...headers }
  const token = as === 'nobody' ? null : as === 'guest' ? await bearerOrGuest() : await bearer()
  if (token !== null) sent.authorization = `Bearer ${token}`
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) sent['content-type'] = 'application/json'
  const payload = body === undefined ? null : isForm ? body : JSON.stringify(body)
  try {
    return await fetch(path, { method, headers: sent, body: payload, signal: signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'unreachable', 'The service cannot be reached.')
  }
}

async function problemOf(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as ProblemBody
  const wait = Number(answer.headers.get('retry-after'))
  const message = body.message ?? body.detail ?? answer.statusText
  return new ApiError(answer.status, body.error ?? 'unexpected', message, wait > 0 ? wait : null, body.errors ?? [])
}

export async function getJson<T>(path: string, how: Ask = {}): Promise<T> {
  return (await (await ask(path, how)).json()) as T
}

export async function sendJson<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, as: Identity = 'known'): Promise<T> {
  return getJson<T>(path, { method, body, as })
}
