// A document's text, at the quoted passage where an answer led here; its file, at the cited page.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { ask, getJson } from '../api/client'
import { useSession } from '../api/session'
import type { DocumentOut, PassageOut, PreviewOut } from '../api/types.gen'
import { botPath } from '../bots/bot-address'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import { saveFile } from '../ui/save-file'
import { pageOf } from './document-address'

export default function DocumentView({ id }: { id: string }) {
  const { state } = useSession()
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const isQuoted = params.has('chunk_id') || params.has('quote')
  const document = useQuery({ queryKey: ['document', id, state], enabled: state !== 'unknown', queryFn: () => getJson<DocumentOut>(`/api/v1/documents/${id}`) })
  return (
    <div className="column">
      {document.isError && <FailureNotice error={document.error} onRetry={() => void document.refetch()} />}
      {document.isPending && <p>{t('app.loading')}</p>}
      {document.data && (
        <>
          <Link href={`${botPath(document.data.bot_id)}?part=documents`}>← {t('bots.documents')}</Link>
          <h1>{document.data.title ?? document.data.name}</h1>
          {isQuoted ? <Passage document={document.data} query={params.toString()} /> : <Text document={document.data} />}
        </>
      )}
    </div>
  )
}

function Passage({ document, query }: { document: DocumentOut; query: string }) {
  const { t } = useTranslation()
  const mark = useRef<HTMLElement>(null)
  const passage = useQuery({ queryKey: ['passage', document.id, query], queryFn: () => getJson<PassageOut>(`/api/v1/documents/${document.id}/passage?${query}`) })
  useEffect(() => mark.current?.scrollIntoView({ block: 'center' }), [passage.data])
  if (passage.isError) return <FailureNotice error={passage.error} />
  if (!passage.data) return <p>{t('app.loading')}</p>
  const { before, passage: quoted, after, changed, file, page } = passage.data
  return (
    <>
      {changed && <p className="notice warning">{t('documents.changed')}</p>}
      <FileButton document={document} page={page ?? (file === null ? null : pageOf(file))} />
      <p className="card text source">{before}<mark ref={mark}>{quoted}</mark>{after}</p>
    </>
  )
}

function Text({ document }: { document: DocumentOut }) {
  const { t } = useTranslation()
  const preview = useQuery({ queryKey: ['preview', document.id], queryFn: () => getJson<PreviewOut>(`/api/v1/documents/${document.id}/preview?length=20000`) })
  if (preview.isError) return <FailureNotice error={preview.error} />
  if (!preview.data) return <p>{t('app.loading')}</p>
  const { text, characters } = preview.data
  return (
    <>
      <FileButton document={document} page={null} />
      <p className="card text">{text}</p>
      {characters > text.length && <p className="hint">{t('documents.more', { count: characters - text.length })}</p>}
    </>
  )
}

/** A PDF opens in another tab at its page; every other file is saved. */
function FileButton({ document, page }: { document: DocumentOut; page: number | null }) {
  const { t } = useTranslation()
  const isPdf = document.kind === 'pdf'
  const open = useMutation({
    mutationFn: async () => {
      const content = await (await ask(`/api/v1/documents/${document.id}/download${isPdf ? '?inline=true' : ''}`)).blob()
      if (!isPdf) return saveFile(content, document.name)
      const url = URL.createObjectURL(content)
      window.open(page === null ? url : `${url}#page=${String(page)}`, '_blank')
    },
  })
  return (
    <p className="row">
      <button type="button" className="button" disabled={open.isPending} onClick={() => open.mutate()}>
        {isPdf ? (page === null ? t('documents.openFile') : t('documents.openPage', { page })) : t('documents.save')}
      </button>
      <FormOutcome of={open} />
    </p>
  )
}
