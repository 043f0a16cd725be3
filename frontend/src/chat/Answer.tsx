// One answer: its text with numbered chips, the source that is opened, and what to do with it.
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ask, sendJson } from '../api/client'
import type { SourceOut } from '../api/types.gen'
import { passagePath } from '../documents/document-address'
import { Prose } from '../ui/Prose'
import type { Message } from './answer-state'
import { Pictures } from './Pictures'
import { passagesOf, piecesOf, type Piece } from './quotes'

interface Props {
  message: Message
  isLast: boolean
  onRetry: (id: number) => void
}

export function Answer({ message, isLast, onRetry }: Props) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<number | null>(null)
  const source = message.sources.find((candidate) => candidate.n === opened)
  const marker = (n: number) => {
    const target = message.sources.find((candidate) => candidate.n === n)
    const label = t('chat.source', { n, title: target?.title ?? '' })
    return (
      <button type="button" className="chip" aria-expanded={opened === n} aria-label={label} title={target?.title} onClick={() => setOpened(opened === n ? null : n)}>
        {n}
      </button>
    )
  }
  return (
    <article className="answer" aria-busy={message.state === 'pending'}>
      {message.content === '' && message.state === 'pending' ? (
        <p className="row hint"><span className="spinner" aria-hidden="true" />{t(message.failure === null ? 'chat.thinking' : 'chat.opening')}</p>
      ) : (
        <Prose text={message.content} renderMarker={marker} />
      )}
      {message.failure !== null && message.state !== 'pending' && <p className="notice warning">{t(message.failure === 'stopped' ? 'chat.stopped' : 'chat.broken')}</p>}
      <Pictures images={message.images} />
      {source && <Source source={source} onClose={() => setOpened(null)} />}
      {message.sources.length > 0 && message.state !== 'pending' && (
        <p className="hint">
          {t('chat.sources')}: {message.sources.map((candidate) => <span key={candidate.n}>{marker(candidate.n)} {candidate.title} </span>)}
        </p>
      )}
      {message.state !== 'pending' && message.id !== null && <AnswerActions message={message} isLast={isLast} onRetry={onRetry} />}
    </article>
  )
}

function Source({ source, onClose }: { source: SourceOut; onClose: () => void }) {
  const { t } = useTranslation()
  const isStation = source.type === 'station'
  return (
    <aside className="source stack" aria-label={t('chat.source', { n: source.n, title: source.title })}>
      <div className="row between">
        <h3>{source.n}. {source.title}</h3>
        <button type="button" className="button quiet small" onClick={onClose}>{t('app.close')}</button>
      </div>
      {passagesOf(source).map((passage) => {
        const inDocument = passagePath(passage)
        return (
          <div key={`${passage.chunk_id} ${String(passage.start)}`} className="stack">
            {(passage.page !== null || passage.heading !== null) && (
              <p className="row hint">
                {passage.page !== null && <span>{t('chat.page', { page: passage.page })}</span>}
                {passage.heading !== null && <span>{passage.heading}</span>}
              </p>
            )}
            <Passage pieces={piecesOf(passage, source.quotes)} />
            {inDocument !== null && <Link href={inDocument}>{t('chat.openDocument')}</Link>}
          </div>
        )
      })}
      {isStation && <Link href={`/stations/${encodeURIComponent(source.chunk_id.replace(/^station:/, ''))}`}>{t('chat.openStation')}</Link>}
      {passagePath(source) === null && source.url !== null && <a href={source.url} target="_blank" rel="noopener noreferrer">{t('chat.openUrl')}</a>}
    </aside>
  )
}

/** Scrolls to its first quoted sentence: a passage may be longer than what is seen of it. */
function Passage({ pieces }: { pieces: readonly Piece[] }) {
  const text = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    const mark = text.current?.querySelector('mark')
    if (text.current && mark) text.current.scrollTop = mark.offsetTop - text.current.offsetTop
  }, [])
  return (
    <p ref={text} className="passage" tabIndex={0}>
      {pieces.map((piece, index) => (piece.isQuoted ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>))}
    </p>
  )
}

function AnswerActions({ message, isLast, onRetry }: Props) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const [feedback, setFeedback] = useState(message.feedback)
  const id = message.id ?? 0
  const tell = (action: Promise<unknown>, text: string): void => void action.then(() => setNote(text), () => setNote(t('failure.unexpected')))
  const judge = (value: 'up' | 'down'): void => {
    setFeedback(value)
    tell(ask(`/api/v1/chatbot/messages/${String(id)}/feedback`, { method: 'POST', body: { feedback: value } }), t('chat.thanks'))
  }
  const bookmark = { content: message.content, sources: message.sources, message_id: id }
  return (
    <div className="row">
      <button type="button" className="button small quiet" onClick={() => tell(navigator.clipboard.writeText(message.content), t('station.copied'))}>{t('chat.copy')}</button>
      <button type="button" className="button small quiet" onClick={() => tell(sendJson('POST', '/api/v1/chatbot/bookmark', bookmark), t('chat.bookmarked'))}>{t('chat.bookmark')}</button>
      {isLast && <button type="button" className="button small quiet" onClick={() => onRetry(id)}>{t('chat.retry')}</button>}
      <button type="button" className="button small quiet" aria-pressed={feedback === 'up'} onClick={() => judge('up')}>{t('chat.good')}</button>
      <button type="button" className="button small quiet" aria-pressed={feedback === 'down'} onClick={() => judge('down')}>{t('chat.bad')}</button>
      <span className="hint" role="status">{note}</span>
    </div>
  )
}
