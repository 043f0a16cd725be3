// What the chat should do better: answers with bad feedback, and questions that nobody could answer.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson } from '../api/client'
import type { AttentionItem, AttentionOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { Prose } from '../ui/Prose'
import { Segments } from '../ui/Segments'

export function Answers() {
  const { t } = useTranslation()
  const [kind, setKind] = useState<'down' | 'unanswered'>('down')
  const list = useInfiniteQuery({
    queryKey: ['answers', kind],
    initialPageParam: '',
    queryFn: ({ pageParam }) => getJson<AttentionOut>(`/api/v1/admin/answers?feedback=${kind}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = list.data?.pages.flatMap((page) => page.data)
  return (
    <section className="stack">
      <div>
        <Segments
          label={t('operations.answers')}
          value={kind}
          options={[{ value: 'down', label: t('operations.badAnswers') }, { value: 'unanswered', label: t('operations.unanswered') }]}
          onChange={setKind}
        />
      </div>
      {list.isError && <FailureNotice error={list.error} onRetry={() => void list.refetch()} />}
      {rows?.length === 0 && <p className="hint">{t('app.none')}</p>}
      {rows?.map((row) => <Item key={row.id} item={row} />)}
      {list.hasNextPage && <button type="button" className="button" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

function Item({ item }: { item: AttentionItem }) {
  const times = useTimes()
  return (
    <article className="card stack">
      <h2>{item.question ?? '?'}</h2>
      <p className="hint">{[times.full(item.at), item.language, item.route].filter(Boolean).join(' · ')}</p>
      {item.reason != null && <p className="notice warning">{item.reason}</p>}
      {item.answer != null && <Prose text={item.answer} />}
    </article>
  )
}
