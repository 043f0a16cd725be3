// The board: posts, search, and a new post.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useSearchParams } from 'wouter'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { PostOut, PostsOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import { Prose } from '../ui/Prose'

export default function BoardView() {
  const { t } = useTranslation()
  const times = useTimes()
  const [params, setParams] = useSearchParams()
  const query = params.get('q') ?? ''
  const posts = useInfiniteQuery({
    queryKey: ['posts', query],
    initialPageParam: '',
    queryFn: ({ pageParam }) => getJson<PostsOut>(`/api/v1/board/posts?q=${encodeURIComponent(query)}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = posts.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <div className="column">
      <h1>{t('nav.board')}</h1>
      <label className="search">
        <span className="visually-hidden">{t('app.search')}</span>
        <input type="search" value={query} placeholder={t('app.search')} onChange={(event) => setParams(event.target.value ? { q: event.target.value } : {}, { replace: true })} />
      </label>
      <NewPost />
      {posts.isError && <FailureNotice error={posts.error} onRetry={() => void posts.refetch()} />}
      {posts.isSuccess && rows.length === 0 && <p className="hint">{t('app.none')}</p>}
      <ul className="plain-list stack">
        {rows.map((post) => (
          <li key={post.id} className="card">
            <h2>{post.pinned && <span className="badge">{t('board.pinned')}</span>} <Link href={`/board/${String(post.id)}`}>{post.title}</Link></h2>
            <Prose text={post.excerpt} />
            <p className="hint">{post.author ?? t('board.someone')} · {times.full(post.created_at)} · {t('board.comments', { count: post.comment_count })}</p>
          </li>
        ))}
      </ul>
      {posts.hasNextPage && <button type="button" className="button" onClick={() => void posts.fetchNextPage()}>{t('app.more')}</button>}
    </div>
  )
}

function NewPost() {
  const { t } = useTranslation()
  const { state } = useSession()
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const [title, setTitle] = useState('')
  const [content, setContent] = useState('')
  const write = useMutation({
    mutationFn: () => sendJson<PostOut>('POST', '/api/v1/board/posts', { title, content }),
    onSuccess: async ({ data }) => {
      await client.invalidateQueries({ queryKey: ['posts'] })
      navigate(`/board/${String(data.id)}`)
    },
  })
  if (state !== 'member') return <p className="hint">{t('board.membersWrite')} <Link href="/account">{t('nav.signIn')}</Link></p>
  return (
    <details className="card">
      <summary>{t('board.new')}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          write.mutate()
        }}
      >
        <Field label={t('board.title')} value={title} onChange={setTitle} required maxLength={200} />
        <label className="field">
          {t('board.content')}
          <textarea value={content} required onChange={(event) => setContent(event.target.value)} />
        </label>
        <FormOutcome of={write} />
        <button type="submit" className="button primary" disabled={write.isPending}>{t('board.write')}</button>
      </form>
    </details>
  )
}
