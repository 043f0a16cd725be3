// Sign in, open an account, or ask for a new password.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sendJson } from '../api/client'
import { queryClient } from '../api/live'
import { PAGE_SETTINGS } from '../api/page-settings'
import { guestToken, signIn } from '../api/session'
import type { Success, TokensOut } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import { Segments } from '../ui/Segments'

type Purpose = 'signIn' | 'register' | 'forgot'

export function SignIn() {
  const { t } = useTranslation()
  const hasGoogle = useQuery(PAGE_SETTINGS).data?.google_sign_in ?? false
  const [purpose, setPurpose] = useState<Purpose>('signIn')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const send = useMutation({ mutationFn: () => PURPOSES[purpose](email, password) })
  const change = (next: Purpose): void => {
    send.reset()
    setPurpose(next)
  }
  return (
    <>
      <h1>{t(`account.${purpose}`)}</h1>
      <p className="hint">{t('account.why')}</p>
      <Segments label={t('nav.account')} value={purpose} onChange={change} options={(['signIn', 'register', 'forgot'] as const).map((value) => ({ value, label: t(`account.${value}`) }))} />
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate()
        }}
      >
        <Field label={t(purpose === 'signIn' ? 'account.emailOrName' : 'account.email')} value={email} onChange={setEmail} required autoComplete="username" type={purpose === 'signIn' ? 'text' : 'email'} />
        {purpose !== 'forgot' && (
          <Field
            label={t('account.password')}
            type="password"
            value={password}
            onChange={setPassword}
            required
            autoComplete={purpose === 'signIn' ? 'current-password' : 'new-password'}
            {...(purpose === 'register' ? { hint: t('account.passwordHint') } : {})}
          />
        )}
        <FormOutcome of={send} done={t(`account.${purpose}Done`)} />
        <button type="submit" className="button primary" disabled={send.isPending}>{t(`account.${purpose}`)}</button>
        {purpose === 'signIn' && hasGoogle && <a className="button" href="/api/v1/auth/login/google">{t('account.google')}</a>}
      </form>
    </>
  )
}

async function enter(email: string, password: string): Promise<void> {
  const guest = guestToken()
  const body = { ...(email.includes('@') ? { email } : { username: email }), password, ...(guest === null ? {} : { guest_token: guest }) }
  signIn(await sendJson<TokensOut>('POST', '/api/v1/auth/login', body, 'nobody'))
  await queryClient.invalidateQueries()
}

const PURPOSES: Record<Purpose, (email: string, password: string) => Promise<unknown>> = {
  signIn: enter,
  register: async (email, password) => {
    await sendJson<Success>('POST', '/api/v1/auth/register', { email, password, language: currentLanguage() }, 'nobody')
    await enter(email, password).catch(() => undefined) // where addresses are confirmed by mail, that comes first
  },
  forgot: (email) => sendJson<Success>('POST', '/api/v1/auth/forgot', { email }, 'nobody'),
}
