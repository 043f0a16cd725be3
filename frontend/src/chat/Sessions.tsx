// Kept chats and bookmarks, beside the thread.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { BookmarksOut, ChatDone, SessionsOut } from '../api/types.gen'
import { Prose } from '../ui/Prose'
import { Provider } from './Provider'

export function Sessions({ sessionId }: { sessionId: number | null }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const { state } = useSession()
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const sessions = useQuery({
    queryKey: ['sessions', query],
    enabled: state === 'member' || state === 'guest',
    queryFn: () => getJson<SessionsOut>(`/api/v1/chatbot/sessions?q=${encodeURIComponent(query)}`),
  })
  const remove = async (id: number): Promise<void> => {
    await sendJson<ChatDone>('DELETE', `/api/v1/chatbot/sessions/${String(id)}/delete`)
    if (id === sessionId) navigate('/ask')
    await client.invalidateQueries({ queryKey: ['sessions'] })
  }
  return (
    <aside className="chat-side stack" aria-label={t('chat.sessions')}>
      <Provider />
      <p className="row">
        <Link href="/ask" className="button">{t('chat.new')}</Link>
        <Link href="/bots" className="button quiet">{t('nav.bots')}</Link>
      </p>
      {(sessions.data?.data.length ?? 0) > 4 || query !== '' ? (
        <label className="search">
          <span className="visually-hidden">{t('app.search')}</span>
          <input type="search" placeholder={t('app.search')} value={query} onChange={(event) => setQuery(event.target.value)} />
        </label>
      ) : null}
      <ul className="plain-list">
        {sessions.data?.data.map((row) => (
          <li key={row.id}>
            <Link href={`/ask/${String(row.id)}`} aria-current={row.id === sessionId ? 'page' : undefined}>{row.title}</Link>
            <button type="button" className="button quiet small" aria-label={`${t('app.delete')}: ${row.title}`} onClick={() => void remove(row.id)}>×</button>
          </li>
        ))}
      </ul>
      {state !== 'nobody' && <Bookmarks />}
    </aside>
  )
}

function Bookmarks() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { state } = useSession()
  const bookmarks = useQuery({
    queryKey: ['bookmarks'],
    enabled: state === 'member' || state === 'guest',
    queryFn: () => getJson<BookmarksOut>('/api/v1/chatbot/bookmarks'),
  })
  const remove = async (id: number): Promise<void> => {
    await sendJson<ChatDone>('DELETE', `/api/v1/chatbot/bookmark/${String(id)}`)
    await client.invalidateQueries({ queryKey: ['bookmarks'] })
  }
  if ((bookmarks.data?.data.length ?? 0) === 0) return null
  return (
    <details>
      <summary>{t('chat.bookmarks')} ({bookmarks.data?.data.length})</summary>
      {bookmarks.data?.data.map((row) => (
        <div key={row.id} className="card">
          <Prose text={row.content} />
          <button type="button" className="button quiet small" onClick={() => void remove(row.id)}>{t('app.delete')}</button>
        </div>
      ))}
    </details>
  )
}
