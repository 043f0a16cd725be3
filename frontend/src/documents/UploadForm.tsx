// Upload documents to a bot, one after the other, each with its progress.
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'
import { useFailureText } from '../ui/Failure'
import { uploadFile } from './upload'

const ACCEPTED = '.pdf,.docx,.hwpx,.hwp,.html,.htm,.md,.csv,.txt'

interface Sending {
  name: string
  share: number
  error: unknown
  isDone: boolean
  isDuplicate: boolean
}

export function UploadForm({ botId }: { botId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [sendings, setSendings] = useState<readonly Sending[]>([])
  const [isOver, setOver] = useState(false)
  const current = useRef<AbortController | null>(null)
  const change = (index: number, part: Partial<Sending>): void =>
    setSendings((before) => before.map((sending, other) => (other === index ? { ...sending, ...part } : sending)))
  const send = useCallback(
    async (files: readonly File[]): Promise<void> => {
      const start = sendings.length
      setSendings((before) => [...before, ...files.map(({ name }) => ({ name, share: 0, error: null, isDone: false, isDuplicate: false }))])
      for (const [offset, file] of files.entries()) {
        const controller = new AbortController()
        current.current = controller
        try {
          const { duplicate } = await uploadFile(botId, file, controller.signal, (share) => change(start + offset, { share }))
          change(start + offset, { isDone: true, share: 1, isDuplicate: duplicate ?? false })
        } catch (error) {
          change(start + offset, { error })
        }
        await client.invalidateQueries({ queryKey: ['documents', botId] })
      }
      current.current = null
    },
    [botId, client, sendings.length],
  )
  return (
    <section
      className={isOver ? 'card stack drop over' : 'card stack drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void send([...event.dataTransfer.files])
      }}
    >
      <label className="field">
        {t('documents.choose')}
        <input
          type="file"
          multiple
          accept={ACCEPTED}
          onChange={(event) => {
            void send([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        <span className="hint">{t('documents.kinds')}</span>
      </label>
      <ul className="plain-list stack" aria-live="polite">
        {sendings.map((sending, index) => <SendingRow key={index} sending={sending} onStop={() => current.current?.abort()} />)}
      </ul>
    </section>
  )
}

function SendingRow({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const { t } = useTranslation()
  const failure = useFailureText(sending.error)
  const isStopped = sending.error instanceof ApiError && sending.error.code === 'aborted'
  if (sending.error !== null) return <li className="notice warning">{sending.name}: {isStopped ? t('documents.stopped') : failure}</li>
  if (sending.isDone) return <li className="hint">{sending.name}: {t(sending.isDuplicate ? 'documents.duplicate' : 'documents.sent')}</li>
  return (
    <li className="row">
      <span>{sending.name}</span>
      <progress max={1} value={sending.share} aria-label={t('documents.sending', { name: sending.name })} />
      {sending.share > 0 && <button type="button" className="button small" onClick={onStop}>{t('app.cancel')}</button>}
    </li>
  )
}
