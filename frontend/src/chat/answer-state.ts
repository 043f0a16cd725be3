// An answer as it comes: its events, one after the other, make its state.
import type { StreamEvent } from '../api/event-stream'
import type { SourceOut } from '../api/types.gen'

export interface Message {
  id: number | null
  role: 'user' | 'assistant'
  content: string
  sources: SourceOut[]
  state: 'pending' | 'complete' | 'partial'
  failure: string | null // a code
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
  answer: { id, role: 'assistant', content: '', sources: [], state: 'pending', failure: null, feedback: null },
  lastEventId: null,
  hasEnded: false,
})

interface EventData {
  text?: string
  restart?: boolean
  session_id?: number
  message_id?: number
  sources?: SourceOut[]
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
        { content: data.response ?? before.answer.content, sources: data.sources ?? before.answer.sources, state: 'complete', id: data.message_id ?? before.answer.id },
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
