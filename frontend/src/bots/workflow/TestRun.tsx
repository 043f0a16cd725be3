// A question put to the workflow as it stands in the text; nothing of it is kept.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DryRunOut } from '../../api/types.gen'
import { Field } from '../../ui/Field'
import { Prose } from '../../ui/Prose'

interface Props {
  isDisabled: boolean
  isBusy: boolean
  run: DryRunOut | null
  onRun: (message: string) => void
}

export function TestRun({ isDisabled, isBusy, run, onRun }: Props) {
  const { t } = useTranslation()
  const [message, setMessage] = useState('')
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        onRun(message)
      }}
    >
      <Field label={t('workflow.question')} hint={t('workflow.questionHint')} value={message} onChange={setMessage} required />
      <button type="submit" className="button" disabled={isDisabled || isBusy}>{t('workflow.run')}</button>
      <div aria-live="polite" className="stack">
        {run && <Prose text={run.answer} />}
        {run && (
          <ol className="trace hint">
            {run.trace.map((step, index) => (
              <li key={index}>{[step.node, step.outcome, t('workflow.milliseconds', { milliseconds: Math.round(step.milliseconds) })].filter((part) => part !== '').join(' · ')}</li>
            ))}
          </ol>
        )}
      </div>
    </form>
  )
}
