// How a bot answers, as a form. Saving makes a new version, which answers when it is published.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sendJson } from '../api/client'
import type { BotChangeIn, BotOut } from '../api/types.gen'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import type { BotPartProps } from './BotView'

const MAX_INSTRUCTIONS = 4000

export function BotForm({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(bot.name)
  const [instructions, setInstructions] = useState(bot.instructions ?? '')
  const [language, setLanguage] = useState<string>(bot.language ?? '')
  const [questions, setQuestions] = useState((bot.opening_questions ?? []).join('\n'))
  const [hasStations, setStations] = useState(bot.retrieval?.live_stations ?? false)
  const [passages, setPassages] = useState(String(bot.retrieval?.passages ?? 8))
  const save = useMutation({
    mutationFn: (publish: boolean) => {
      const change: BotChangeIn = {
        name,
        instructions,
        language: language === 'ko' || language === 'en' ? language : null,
        opening_questions: questions.split('\n').map((line) => line.trim()).filter(Boolean),
        retrieval: { ...bot.retrieval, live_stations: hasStations, passages: Number(passages) },
        publish,
      }
      return sendJson<BotOut>('PATCH', `/api/v1/bots/${encodeURIComponent(bot.id)}`, change)
    },
    onSuccess: onChanged,
  })
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(true)
      }}
    >
      <Field label={t('bots.name')} value={name} onChange={setName} required maxLength={100} />
      <label className="field">
        {t('bots.instructions')}
        <textarea value={instructions} maxLength={MAX_INSTRUCTIONS} onChange={(event) => setInstructions(event.target.value)} />
        <span className="hint">{t('bots.instructionsHint')}</span>
      </label>
      <label className="field">
        {t('bots.openingQuestions')}
        <textarea value={questions} onChange={(event) => setQuestions(event.target.value)} />
        <span className="hint">{t('bots.onePerLine')}</span>
      </label>
      <div className="fields">
        <label className="field">
          {t('bots.language')}
          <select value={language} onChange={(event) => setLanguage(event.target.value)}>
            <option value="">{t('bots.likeQuestion')}</option>
            <option value="ko">한국어</option>
            <option value="en">English</option>
          </select>
        </label>
        <Field label={t('bots.passages')} type="number" min={1} max={8} value={passages} onChange={setPassages} required />
      </div>
      <label className="check">
        <input type="checkbox" checked={hasStations} onChange={(event) => setStations(event.target.checked)} />
        {t('bots.liveStations')}
      </label>
      <FormOutcome of={save} done={t('bots.saved')} />
      <div className="row">
        <button type="submit" className="button primary" disabled={save.isPending}>{t('bots.saveAndPublish')}</button>
        <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate(false)}>{t('bots.saveDraft')}</button>
      </div>
    </form>
  )
}
