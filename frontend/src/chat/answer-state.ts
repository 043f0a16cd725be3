// An answer as it comes: its events, one after the other, make its state.
import type { StreamEvent } from '../api/event-stream'
import { ApiError } from '../api/client'
import type { ImageOut, SourceOut } from '../api/types.gen'

export interface Message {
  id: number | null
  role: 'user' | 'assistant'
  content: string
  sources: SourceOut[]
  images: ImageOut[]
  state: 'pending' | 'complete' | 'partial'
  failure: string | null // a code; of a pending answer: why it has to wait
  feedback: 'up' | 'down' | null
}

export interface Progress {
  sessionId: number | null
  answer: Message
  lastEventId: string | null
  hasEnded: boolean
}

export const beginAnswer = (id: number | null = null): Progress => ({
  sessionId: null,
  answer: { id, role: 'assistant', content: '', sources: [], images: [], state: 'pending', failure: null, feedback: null },
  lastEventId: null,
  hasEnded: false,
})

const OPENING = 'warming_up'

export const isStillOpening = (failure: unknown): failure is ApiError => failure instanceof ApiError && failure.code === OPENING

/** The answer to a question that waits until the chat is open. */
export const openingAnswer = (first: Progress): Progress => ({ ...first, answer: { ...first.answer, failure: OPENING } })

interface EventData {
  text?: string
  restart?: boolean
  session_id?: number
  message_id?: number
  sources?: SourceOut[]
  images?: ImageOut[]
  response?: string
  error?: string | null
}

/** The progress after one more event. What `done` says is the answer that counts. */
export function withEvent(before: Progress, event: StreamEvent): Progress {
  const data = JSON.parse(event.data) as EventData
  const lastEventId = event.id ?? before.lastEventId
  const change = (answer: Partial<Message>, more: Partial<Progress> = {}): Progress => ({
    ...before, ...more, lastEventId, answer: { ...before.answer, ...answer },
  })
  switch (event.name) {
    case 'start':
      return change({ id: data.message_id ?? null }, { sessionId: data.session_id ?? null })
    case 'metadata':
      return data.restart === true ? change({ content: '' }) : change({})
    case 'token':
      return change({ content: before.answer.content + (data.text ?? '') })
    case 'sources':
      return change({ sources: data.sources ?? [] })
    case 'done':
      return change(
        { content: data.response ?? before.answer.content, sources: data.sources ?? before.answer.sources, images: data.images ?? [], state: 'complete', id: data.message_id ?? before.answer.id },
        { hasEnded: true, sessionId: data.session_id ?? before.sessionId },
      )
    case 'stopped':
      return change({ state: 'partial', failure: 'stopped' }, { hasEnded: true })
    case 'error':
      return change({ state: 'partial', failure: data.error ?? 'unexpected' }, { hasEnded: true })
    default:
      return change({})
  }
}
