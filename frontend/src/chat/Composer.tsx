// Where a question is typed. Enter sends, Shift+Enter breaks the line. While an input method composes a syllable,
// Enter ends the syllable first; the one Enter then sends the whole sentence, once.
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

const MAX = 2000 // characters

interface Props {
  isBusy: boolean
  onSend: (text: string) => void
  onStop: () => void
}

export function Composer({ isBusy, onSend, onStop }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const isComposing = useRef(false)
  const sendsAfterComposing = useRef(false)

  const send = (value: string): void => {
    const question = value.trim()
    if (question === '' || isBusy) return
    setText('')
    onSend(question)
  }
  const pressed = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    if (isComposing.current || event.nativeEvent.isComposing || event.keyCode === 229) sendsAfterComposing.current = true
    else send(event.currentTarget.value)
  }
  const composed = (event: React.CompositionEvent<HTMLTextAreaElement>): void => {
    isComposing.current = false
    if (!sendsAfterComposing.current) return
    sendsAfterComposing.current = false
    const { currentTarget } = event
    setTimeout(() => send(currentTarget.value)) // the field holds the whole syllable after this event
  }
  return (
    <div className="composer">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send(text)
        }}
      >
        <textarea
          rows={1}
          maxLength={MAX}
          value={text}
          aria-label={t('chat.ask')}
          placeholder={t('chat.ask')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={pressed}
          onCompositionStart={() => (isComposing.current = true)}
          onCompositionEnd={composed}
        />
        {isBusy ? (
          <button type="button" className="button" onClick={onStop}>{t('chat.stop')}</button>
        ) : (
          <button type="submit" className="button primary" disabled={text.trim() === ''}>{t('chat.send')}</button>
        )}
      </form>
    </div>
  )
}
