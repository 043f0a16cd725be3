// One post with its comments.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { getJson, sendJson } from '../api/client'
import { isAdmin, useSession } from '../api/session'
import type { CommentsOut, PostOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import { Prose } from '../ui/Prose'

export default function PostView({ id }: { id: string }) {
  const { t } = useTranslation()
  const times = useTimes()
  const session = useSession()
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const path = `/api/v1/board/posts/${encodeURIComponent(id)}`
  const post = useQuery({ queryKey: ['post', id], queryFn: () => getJson<PostOut>(path) })
  const remove = useMutation({
    mutationFn: () => sendJson('DELETE', path),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['posts'] })
      navigate('/board')
    },
  })
  const shown = post.data?.data
  return (
    <div className="column">
      <Link href="/board">← {t('nav.board')}</Link>
      {post.isError && <FailureNotice error={post.error} onRetry={() => void post.refetch()} />}
      {shown && (
        <article className="stack">
          <h1>{shown.title}</h1>
          <p className="hint">{shown.author ?? t('board.someone')} · {times.full(shown.created_at)}</p>
          <Prose text={shown.content} />
          {(shown.mine || isAdmin(session)) && (
            <p><button type="button" className="button small danger" onClick={() => remove.mutate()}>{t('app.delete')}</button></p>
          )}
          <FormOutcome of={remove} />
        </article>
      )}
      {shown && <Comments path={path} id={id} />}
    </div>
  )
}

function Comments({ path, id }: { path: string; id: string }) {
  const { t } = useTranslation()
  const times = useTimes()
  const { state } = useSession()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const comments = useQuery({ queryKey: ['comments', id], queryFn: () => getJson<CommentsOut>(`${path}/comments`) })
  const write = useMutation({
    mutationFn: () => sendJson('POST', `${path}/comments`, { content: text }),
    onSuccess: async () => {
      setText('')
      await client.invalidateQueries({ queryKey: ['comments', id] })
    },
  })
  return (
    <section className="stack">
      <h2>{t('board.comments', { count: comments.data?.data.length ?? 0 })}</h2>
      {comments.data?.data.map((comment) => (
        <div key={comment.id} className="card">
          <Prose text={comment.content} />
          <p className="hint">{comment.author ?? t('board.someone')} · {times.full(comment.created_at)}</p>
        </div>
      ))}
      {state === 'member' && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            write.mutate()
          }}
        >
          <label className="field">
            {t('board.comment')}
            <textarea value={text} required maxLength={2000} onChange={(event) => setText(event.target.value)} />
          </label>
          <FormOutcome of={write} />
          <button type="submit" className="button" disabled={write.isPending}>{t('board.write')}</button>
        </form>
      )}
    </section>
  )
}
