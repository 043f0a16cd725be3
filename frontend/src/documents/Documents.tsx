// A bot's documents: upload, watch them being taken in, open, take in again, delete.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { getJson, sendJson } from '../api/client'
import type { DocumentOut, DocumentProblem, DocumentsOut, DocumentView } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import { documentPath } from './document-address'
import { UploadForm } from './UploadForm'

const WATCH_MS = 1500
const UNDER_WAY = new Set<DocumentView['state']>(['uploading', 'queued', 'parsing', 'embedding', 'deleting'])

export function Documents({ botId, isWritable }: { botId: string; isWritable: boolean }) {
  const { t } = useTranslation()
  const documents = useInfiniteQuery({
    queryKey: ['documents', botId],
    initialPageParam: '',
    queryFn: ({ pageParam }) => getJson<DocumentsOut>(`/api/v1/documents?bot_id=${encodeURIComponent(botId)}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.data.some((row) => UNDER_WAY.has(row.state))) ? WATCH_MS : false),
  })
  const rows = documents.data?.pages.flatMap((page) => page.data)
  return (
    <section className="stack">
      {isWritable && <UploadForm botId={botId} />}
      {documents.isError && <FailureNotice error={documents.error} onRetry={() => void documents.refetch()} />}
      {rows?.length === 0 && <p className="hint">{t('documents.none')}</p>}
      <ul className="plain-list stack" aria-live="polite">
        {rows?.map((row) => <DocumentCard key={row.id} row={row} isWritable={isWritable} />)}
      </ul>
      {documents.hasNextPage && <button type="button" className="button" onClick={() => void documents.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

function DocumentCard({ row, isWritable }: { row: DocumentView; isWritable: boolean }) {
  const { t, i18n } = useTranslation()
  const times = useTimes()
  const client = useQueryClient()
  const path = `/api/v1/documents/${row.id}`
  const act = useMutation({
    mutationFn: (action: 'cancel' | 'reindex' | 'delete') =>
      action === 'delete' ? sendJson<DocumentOut>('DELETE', path) : sendJson<DocumentOut>('POST', `${path}/${action}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['documents'] }),
  })
  const isUnderWay = UNDER_WAY.has(row.state)
  const problemText = ({ code, message }: DocumentProblem): string => (i18n.exists(`failure.${code}`) ? t(`failure.${code}` as 'failure.damaged') : message)
  return (
    <li className="card stack">
      <div className="row between">
        <span>
          {row.answering === null ? <strong>{row.name}</strong> : <Link href={documentPath(row.id)}>{row.title ?? row.name}</Link>}{' '}
          <span className={row.state === 'ready' ? 'badge good' : row.state === 'failed' ? 'badge none' : 'badge'}>{t(`documentState.${row.state}`)}</span>
        </span>
        {isWritable && (
          <span className="row">
            {isUnderWay && row.state !== 'deleting' && <button type="button" className="button small" disabled={act.isPending} onClick={() => act.mutate('cancel')}>{t('app.cancel')}</button>}
            {!isUnderWay && <button type="button" className="button small" disabled={act.isPending} onClick={() => act.mutate('reindex')}>{t('documents.again')}</button>}
            {row.state !== 'deleting' && <button type="button" className="button small danger" disabled={act.isPending} onClick={() => act.mutate('delete')}>{t('app.delete')}</button>}
          </span>
        )}
      </div>
      {isUnderWay && <progress aria-label={row.name} {...(row.pages_total > 0 ? { max: row.pages_total, value: row.pages_done } : {})} />}
      <p className="hint">{[row.name, row.kind, t('documents.kilobytes', { count: Math.ceil(row.size / 1000) }), row.pages_total > 0 ? t('documents.pages', { count: row.pages_total }) : null, times.full(row.created_at)].filter(Boolean).join(' · ')}</p>
      {row.error !== null && <p className="notice warning">{problemText(row.error)}</p>}
      {row.notes.length > 0 && <p className="hint">{row.notes.join(' ')}</p>}
      <FormOutcome of={act} />
    </li>
  )
}
