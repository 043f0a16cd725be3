// A bot's settings as JSON; what is wrong is said at its line.
import { useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, sendJson } from '../api/client'
import type { BotOut, BotSettings } from '../api/types.gen'
import { FormOutcome } from '../ui/FormOutcome'
import type { BotPartProps } from './BotView'
import { JsonText } from './JsonText'
import { lineOfMember, syntaxProblem, type LineProblem } from './json-lines'

const SETTINGS = ['name', 'instructions', 'language', 'opening_questions', 'provider', 'retrieval'] as const

function settingsText(bot: BotOut): string {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, bot[name] ?? null])) as unknown as BotSettings
  return JSON.stringify(settings, null, 2)
}

export function BotJson({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => settingsText(bot))
  const save = useMutation({
    mutationFn: () => sendJson<BotOut>('PATCH', `/api/v1/bots/${encodeURIComponent(bot.id)}`, JSON.parse(text)),
    onSuccess: onChanged,
  })
  const syntax = useMemo(() => syntaxProblem(text), [text])
  const problems = syntax === null ? refusedLines(save.error, text) : [syntax]
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <JsonText
        label={t('bots.json')}
        value={text}
        problems={problems}
        onChange={(value) => {
          setText(value)
          save.reset()
        }}
      />
      {problems.length === 0 && <FormOutcome of={save} done={t('bots.savedDraft')} />}
      <button type="submit" className="button primary" disabled={syntax !== null || save.isPending}>{t('bots.saveDraft')}</button>
    </form>
  )
}

/** What the service does not take of the settings, by line. */
function refusedLines(error: unknown, text: string): LineProblem[] {
  if (!(error instanceof ApiError)) return []
  return error.places.map(({ where = '', message }) => {
    const path = where.split('.').filter((part) => part !== 'body')
    return { line: lineOfMember(text, path), message: `${path.join('.')}: ${message}` }
  })
}
