// Signing in, or what somebody who is signed in has here.
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session'
import { MyAccount } from './MyAccount'
import { SignIn } from './SignIn'

export default function AccountView() {
  const { t } = useTranslation()
  const session = useSession()
  if (session.state === 'unknown') return <p className="column">{t('app.loading')}</p>
  return <div className="column">{session.state === 'member' && session.user ? <MyAccount user={session.user} /> : <SignIn />}</div>
}
