// Who may ask a bot, which pages may embed it, and its end.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { sendJson } from '../api/client'
import type { BotChangeIn, BotOut, Success } from '../api/types.gen'
import { FormOutcome } from '../ui/FormOutcome'
import type { BotPartProps } from './BotView'

export function Sharing({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [visibility, setVisibility] = useState(bot.visibility)
  const [origins, setOrigins] = useState((bot.widget_origins ?? []).join('\n'))
  const path = `/api/v1/bots/${encodeURIComponent(bot.id)}`
  const save = useMutation({
    mutationFn: () => {
      const change: BotChangeIn = { visibility, widget_origins: origins.split('\n').map((line) => line.trim()).filter(Boolean) }
      return sendJson<BotOut>('PATCH', path, change)
    },
    onSuccess: onChanged,
  })
  const remove = useMutation({
    mutationFn: () => sendJson<Success>('DELETE', path),
    onSuccess: async () => {
      navigate('/bots')
      await onChanged()
    },
  })
  if (!bot.mine) return <p className="hint">{t('bots.ownerShares')}</p>
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <label className="field">
        {t('bots.whoMayAsk')}
        <select value={visibility} onChange={(event) => setVisibility(event.target.value as BotOut['visibility'])}>
          <option value="private">{t('bots.private')}</option>
          {(bot.team_id !== null || visibility === 'team') && <option value="team">{t('bots.team')}</option>}
          <option value="public">{t('bots.public')}</option>
        </select>
      </label>
      <label className="field">
        {t('bots.origins')}
        <textarea value={origins} placeholder="https://www.example.org" onChange={(event) => setOrigins(event.target.value)} />
        <span className="hint">{t('bots.originsHint')}</span>
      </label>
      {bot.visibility === 'public' && (bot.widget_origins ?? []).length > 0 && (
        <p className="field">
          {t('bots.snippet')}
          <code className="code">{`<script src="${location.origin}/widget.js?bot=${encodeURIComponent(bot.id)}" async></script>`}</code>
        </p>
      )}
      <FormOutcome of={save} done={t('bots.saved')} />
      <button type="submit" className="button primary" disabled={save.isPending}>{t('app.save')}</button>
      <details>
        <summary className="none">{t('bots.delete')}</summary>
        <p>{t('bots.deleteWhat')}</p>
        <FormOutcome of={remove} />
        <button type="button" className="button danger" disabled={remove.isPending} onClick={() => remove.mutate()}>{t('bots.delete')}</button>
      </details>
    </form>
  )
}
