// A bot's settings as JSON; what is wrong is said at its line.
import { useMutation } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, sendJson } from '../api/client'
import type { BotOut, BotSettings } from '../api/types.gen'
import { FormOutcome } from '../ui/FormOutcome'
import type { BotPartProps } from './BotView'
import { lineOfMember, syntaxProblem, type LineProblem } from './json-lines'

const SETTINGS = ['name', 'instructions', 'language', 'opening_questions', 'provider', 'retrieval'] as const

function settingsText(bot: BotOut): string {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, bot[name] ?? null])) as unknown as BotSettings
  return JSON.stringify(settings, null, 2)
}

export function BotJson({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => settingsText(bot))
  const field = useRef<HTMLTextAreaElement>(null)
  const save = useMutation({
    mutationFn: () => sendJson<BotOut>('PATCH', `/api/v1/bots/${encodeURIComponent(bot.id)}`, JSON.parse(text)),
    onSuccess: onChanged,
  })
  const syntax = useMemo(() => syntaxProblem(text), [text])
  const problems = syntax === null ? refusedLines(save.error, text) : [syntax]
  const goTo = (line: number): void => {
    const start = text.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
    const end = text.indexOf('\n', start)
    field.current?.focus()
    field.current?.setSelectionRange(start, end < 0 ? text.length : end)
  }
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <label className="field">
        {t('bots.json')}
        <textarea
          ref={field}
          className="code"
          rows={16}
          spellCheck={false}
          value={text}
          aria-invalid={problems.length > 0}
          aria-describedby="json-problems"
          onChange={(event) => {
            setText(event.target.value)
            save.reset()
          }}
        />
      </label>
      <ul id="json-problems" className="plain-list" aria-live="polite">
        {problems.map((problem) => (
          <li key={`${String(problem.line)} ${problem.message}`}>
            <button type="button" className="button small quiet none" onClick={() => goTo(problem.line)}>{t('bots.line', { line: problem.line, message: problem.message })}</button>
          </li>
        ))}
      </ul>
      {problems.length === 0 && <FormOutcome of={save} done={t('bots.savedDraft')} />}
      <button type="submit" className="button primary" disabled={syntax !== null || save.isPending}>{t('bots.saveDraft')}</button>
    </form>
  )
}

/** What the service does not take of the settings, by line. */
function refusedLines(error: unknown, text: string): LineProblem[] {
  if (!(error instanceof ApiError)) return []
  return error.places.map(({ where, message }) => {
    const path = where.split('.').filter((part) => part !== 'body')
    return { line: lineOfMember(text, path), message: `${path.join('.')}: ${message}` }
  })
}
