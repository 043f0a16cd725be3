// The chat. A session's messages come from the service; an answer under way is followed by its events.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { getJson } from '../api/client'
import { useSession } from '../api/session'
import type { BotOut, ImageOut, KeptMessageOut, SessionOut, SourceOut } from '../api/types.gen'
import { FailureNotice } from '../ui/Failure'
import { Answer } from './Answer'
import type { Message } from './answer-state'
import { Composer } from './Composer'
import { exportChat } from './export-chat'
import { Sessions } from './Sessions'
import { useAnswer } from './use-answer'

const GUIDE = 'help' // the service's own
const SUGGESTED = ['chat.suggest1', 'chat.suggest2', 'chat.suggest3', 'chat.suggest4'] as const

export default function ChatView({ sessionId }: { sessionId: number | null }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const [asked, setAsked] = useState<string | null>(null)
  const { messages, error, botId: keptBot } = useMessages(sessionId)
  const [params] = useSearchParams()
  const botId = keptBot ?? params.get('bot')
  const bot = useBot(botId)
  const onStart = useCallback((id: number) => navigate(`/ask/${String(id)}`, { replace: true }), [navigate])
  const onEnd = useCallback(async () => {
    await client.invalidateQueries({ queryKey: ['session'] })
    setAsked(null)
    void client.invalidateQueries({ queryKey: ['sessions'] })
  }, [client])
  const asking = useAnswer(onStart, () => void onEnd().then(() => asking.clear()))
  const send = (question: string): void => {
    setAsked(question)
    asking.ask(question, sessionId, botId)
  }
  useAskedInUrl(send)
  useLeftSession(asking.progress?.sessionId ?? null, sessionId, () => {
    setAsked(null)
    asking.clear()
  })
  usePending(messages, asking.progress === null && asking.error === null, asking.follow)
  const shown = thread(messages, asked, asking.progress?.answer ?? null)
  return (
    <div className="chat">
      <Sessions sessionId={sessionId} />
      <section className="thread" aria-label={t('nav.chat')}>
        <div className="messages" aria-live="polite">
          <h1 className={shown.length > 0 ? 'visually-hidden' : ''}>{bot?.name ?? t('chat.title')}</h1>
          {bot !== undefined && shown.length > 0 && <p className="hint">{bot.name}</p>}
          {shown.length === 0 && <Welcome questions={bot === undefined ? SUGGESTED.map((key) => t(key)) : (bot.opening_questions ?? [])} onAsk={send} />}
          {shown.map((message, index) =>
            message.role === 'user' ? (
              <p key={index} className="question">{message.content}</p>
            ) : (
              <Answer key={`answer-${String(message.id)}`} message={message} isLast={index === shown.length - 1} onRetry={asking.regenerate} />
            ),
          )}
          {(asking.error ?? error) !== null && <FailureNotice error={asking.error ?? error} onRetry={asked === null ? undefined : () => asking.ask(asked, sessionId, botId)} />}
          {messages.length > 0 && asking.progress === null && (
            <p><button type="button" className="button small quiet" onClick={() => exportChat(messages)}>{t('chat.export')}</button></p>
          )}
          <ScrollHere on={shown.length + (asking.progress?.answer.content.length ?? 0)} />
        </div>
        <Composer isBusy={asking.progress !== null && !asking.progress.hasEnded} onSend={send} onStop={asking.stop} />
      </section>
    </div>
  )
}

function Welcome({ questions, onAsk }: { questions: readonly string[]; onAsk: (question: string) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <p className="hint">{t('chat.welcome')}</p>
      <div className="suggestions">
        {questions.map((question) => (
          <button key={question} type="button" className="button" onClick={() => onAsk(question)}>{question}</button>
        ))}
      </div>
    </>
  )
}

/** A bot that is not the service's own guide. */
function useBot(id: string | null): BotOut | undefined {
  const { state } = useSession()
  const bot = useQuery({
    queryKey: ['bot', id, state],
    enabled: id !== null && id !== GUIDE && state !== 'unknown',
    queryFn: () => getJson<BotOut>(`/api/v1/bots/${encodeURIComponent(id ?? '')}`),
  })
  return bot.data
}

function useMessages(sessionId: number | null): { messages: Message[]; error: unknown; botId: string | null } {
  const { state } = useSession()
  const session = useQuery({
    queryKey: ['session', sessionId],
    enabled: sessionId !== null && state !== 'unknown',
    queryFn: () => getJson<SessionOut>(`/api/v1/chatbot/sessions/${String(sessionId)}`, { as: 'guest' }),
  })
  const rows = sessionId === null ? [] : (session.data?.data.messages ?? [])
  return { messages: rows.map(messageOf), error: session.error, botId: sessionId === null ? null : (session.data?.data.bot_id ?? null) }
}

function messageOf(row: KeptMessageOut): Message {
  const state = row.metadata.state as Message['state']
  const failure = typeof row.metadata.error === 'string' ? row.metadata.error : null
  const feedback = (row.metadata.feedback as Message['feedback'] | undefined) ?? null
  return { id: row.id, role: row.role === 'user' ? 'user' : 'assistant', content: row.content, sources: row.sources as SourceOut[], images: (row.metadata.images as ImageOut[] | undefined) ?? [], state, failure, feedback }
}

/** What is shown: what is kept, the question just asked, and the answer under way in the place of the kept one. */
export function thread(kept: Message[], asked: string | null, answer: Message | null): Message[] {
  if (answer === null) return asked === null ? kept : withQuestion(kept, asked)
  const isKept = answer.id !== null && kept.some((message) => message.id === answer.id)
  if (isKept) return kept.map((message) => (message.id === answer.id ? answer : message))
  return [...(asked === null ? kept : withQuestion(kept, asked)), answer]
}

function withQuestion(kept: Message[], asked: string): Message[] {
  if (kept.some((message, index) => message.role === 'user' && message.content === asked && index >= kept.length - 2)) return kept
  return [...kept, { id: null, role: 'user', content: asked, sources: [], images: [], state: 'complete', failure: null, feedback: null }]
}

/** Follow the answer that was under way when the page was left. */
function usePending(messages: Message[], isIdle: boolean, follow: (id: number) => void): void {
  const last = messages.at(-1)
  const pendingId = isIdle && last?.role === 'assistant' && last.state === 'pending' ? last.id : null
  useEffect(() => {
    if (pendingId !== null) follow(pendingId)
  }, [pendingId, follow])
}

/** `?q=` asks at once; it is taken out of the address, so that a refresh does not ask again. */
function useAskedInUrl(send: (question: string) => void): void {
  const [params, setParams] = useSearchParams()
  const question = params.get('q')
  const isAsked = useRef(false)
  useEffect(() => {
    if (question === null || isAsked.current) return
    isAsked.current = true
    setParams((before) => {
      const rest = new URLSearchParams(before)
      rest.delete('q')
      return rest
    }, { replace: true })
    send(question)
  }, [question, send, setParams])
}

/** Stop following an answer when another chat is opened; it is written to its end all the same. */
function useLeftSession(followed: number | null, shown: number | null, leave: () => void): void {
  const isLeft = followed !== null && followed !== shown
  useEffect(() => {
    if (isLeft) leave()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the chat is left
  }, [isLeft])
}

function ScrollHere({ on }: { on: number }) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (on > 0) end.current?.scrollIntoView({ block: 'nearest' })
  }, [on])
  return <div ref={end} />
}
