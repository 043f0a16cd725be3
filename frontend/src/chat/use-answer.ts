// Asks, and follows an answer by its events; after a lost connection or a refresh it goes on where it was.
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, ask } from '../api/client'
import type { MessageIn } from '../api/types.gen'
import { eventsOf } from '../api/event-stream'
import { beginAnswer, isStillOpening, openingAnswer, withEvent, type Progress } from './answer-state'

const RESUME_MS = 1500
const RESUMES = 5
const OPENING_TRIES = 100 // each after what the service asks for, some seconds
const STREAM = { accept: 'text/event-stream' }

export interface Asking {
  progress: Progress | null
  error: unknown
  ask: (message: string, sessionId: number | null, botId: string | null) => void
  follow: (messageId: number) => void
  regenerate: (messageId: number) => void
  stop: () => void
  clear: () => void
}

/** `onEnd` is called with the session once an answer has ended. */
export function useAnswer(onStart: (sessionId: number) => void, onEnd: () => void): Asking {
  const [progress, setProgress] = useState<Progress | null>(null)
  const [error, setError] = useState<unknown>(null)
  const current = useRef<AbortController | null>(null)
  const callbacks = useRef({ onStart, onEnd })
  useEffect(() => {
    callbacks.current = { onStart, onEnd }
  })
  useEffect(() => () => current.current?.abort(), [])

  const run = useCallback(async (open: (signal: AbortSignal) => Promise<Response>, first: Progress): Promise<void> => {
    current.current?.abort()
    const controller = new AbortController()
    current.current = controller
    setError(null)
    setProgress(first)
    try {
      await readAll(open, first, controller.signal, (next) => {
        if (next.sessionId !== null && first.sessionId === null) callbacks.current.onStart(next.sessionId)
        setProgress(next)
      })
      callbacks.current.onEnd()
    } catch (failure) {
      if (controller.signal.aborted) return
      setError(failure)
      setProgress(null)
    }
  }, [])

  return {
    progress,
    error,
    ask: useCallback(
      (message, sessionId, botId) => {
        const body: MessageIn = sessionId === null ? { message, bot_id: botId } : { message, session_id: sessionId }
        void run((signal) => ask('/api/v1/chatbot/chat', { method: 'POST', body, as: 'guest', headers: STREAM, signal }), beginAnswer())
      },
      [run],
    ),
    follow: useCallback((id) => void run((signal) => followAfter(id, '0', signal), beginAnswer(id)), [run]),
    regenerate: useCallback(
      (id) => void run((signal) => ask(`/api/v1/chatbot/messages/${String(id)}/regenerate`, { method: 'POST', as: 'guest', headers: STREAM, signal }), beginAnswer(id)),
      [run],
    ),
    stop: useCallback(() => {
      const id = progress?.answer.id
      if (id != null) void ask(`/api/v1/chatbot/messages/${String(id)}/stop`, { method: 'POST' }).catch(setError)
    }, [progress]),
    clear: useCallback(() => {
      current.current?.abort()
      setProgress(null)
      setError(null)
    }, []),
  }
}

const followAfter = (id: number, lastEventId: string, signal: AbortSignal): Promise<Response> =>
  ask(`/api/v1/chatbot/messages/${String(id)}/events`, { as: 'guest', headers: { ...STREAM, 'last-event-id': lastEventId }, signal })

async function readAll(open: (signal: AbortSignal) => Promise<Response>, first: Progress, signal: AbortSignal, tell: (progress: Progress) => void): Promise<void> {
  let progress = first
  let answer = await openPatiently(open, signal, () => tell(openingAnswer(first)))
  for (let resumes = 0; ; resumes++) {
    try {
      if (answer.body !== null) {
        for await (const event of eventsOf(answer.body)) {
          progress = withEvent(progress, event)
          tell(progress)
          if (progress.hasEnded || signal.aborted) return
        }
      }
    } catch (failure) {
      if (signal.aborted) throw failure
    }
    const id = progress.answer.id
    if (id === null || resumes >= RESUMES) throw new ApiError(0, 'unreachable', 'The answer broke off.')
    await new Promise((resolve) => setTimeout(resolve, RESUME_MS))
    answer = await followAfter(id, progress.lastEventId ?? '0', signal)
  }
}

/** Ask again and again while the chat is still opening; nothing is kept of such a question. */
async function openPatiently(open: (signal: AbortSignal) => Promise<Response>, signal: AbortSignal, onWait: () => void): Promise<Response> {
  for (let tries = 1; ; tries++) {
    try {
      return await open(signal)
    } catch (failure) {
      if (!isStillOpening(failure) || tries >= OPENING_TRIES) throw failure
      onWait()
      await new Promise((resolve) => setTimeout(resolve, (failure.retryAfter ?? 3) * 1000))
      signal.throwIfAborted()
    }
  }
}
