// The banner that everybody sees.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sendJson } from '../api/client'
import { useNotices } from '../api/live'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'

export function NoticesDesk() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const notices = useNotices()
  const [ko, setKo] = useState('')
  const [en, setEn] = useState('')
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['notices'] })
  const publish = useMutation({ mutationFn: () => sendJson('POST', '/api/v1/notices', { text: { ko, en } }), onSuccess: refresh })
  const remove = useMutation({ mutationFn: (id: number) => sendJson('DELETE', `/api/v1/notices/${String(id)}`), onSuccess: refresh })
  return (
    <section className="stack">
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault()
          publish.mutate()
        }}
      >
        <Field label={`${t('operations.noticeText')} (ko)`} lang="ko" value={ko} onChange={setKo} required />
        <Field label={`${t('operations.noticeText')} (en)`} lang="en" value={en} onChange={setEn} required />
        <FormOutcome of={publish} />
        <button type="submit" className="button primary" disabled={publish.isPending}>{t('operations.publish')}</button>
      </form>
      <FormOutcome of={remove} />
      {notices.data?.data.map((notice) => (
        <div key={notice.id} className="card row between">
          <span>{notice.text?.ko} / {notice.text?.en} {notice.station_id}</span>
          <button type="button" className="button small" onClick={() => remove.mutate(Number(notice.id))}>{t('app.delete')}</button>
        </div>
      ))}
    </section>
  )
}
