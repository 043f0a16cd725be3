// What the links of mails open: a new password, a confirmed address.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { sendJson } from '../api/client'
import type { Success } from '../api/types.gen'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'

export default function LinkView({ kind }: { kind: string }) {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const [password, setPassword] = useState('')
  const isReset = kind === 'reset'
  const token = params.get('token') ?? ''
  const use = useMutation({
    mutationFn: () =>
      sendJson<Success>('POST', isReset ? '/api/v1/auth/reset' : '/api/v1/auth/confirm', isReset ? { token, new_password: password } : { token }, 'nobody'),
  })
  return (
    <div className="column">
      <h1>{t(isReset ? 'account.newPassword' : 'account.confirm')}</h1>
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault()
          use.mutate()
        }}
      >
        {isReset && <Field label={t('account.newPassword')} type="password" autoComplete="new-password" value={password} onChange={setPassword} required />}
        <FormOutcome of={use} />
        {use.isSuccess ? (
          <p className="notice" role="status">{t('account.linkDone')} <Link href="/account">{t('nav.signIn')}</Link></p>
        ) : (
          <button type="submit" className="button primary">{t(isReset ? 'app.save' : 'account.confirm')}</button>
        )}
      </form>
    </div>
  )
}
