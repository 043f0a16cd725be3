// The operator's page: what is served, models, training, and what riders have told.
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { isAdmin, useSession } from '../api/session'
import { Answers } from './Answers'
import { Jobs } from './Jobs'
import { Models } from './Models'
import { NoticesDesk } from './NoticesDesk'
import { Moves } from './Moves'
import { NowPart } from './NowPart'
import { Quality } from './Quality'
import { ReportsDesk } from './ReportsDesk'
import { Users } from './Users'

const PARTS = { now: NowPart, quality: Quality, moves: Moves, models: Models, jobs: Jobs, reports: ReportsDesk, answers: Answers, users: Users, notices: NoticesDesk } as const
type Part = keyof typeof PARTS

export default function OperationsView({ part }: { part: string }) {
  const { t } = useTranslation()
  const session = useSession()
  const chosen: Part = part in PARTS ? (part as Part) : 'now'
  const Shown = PARTS[chosen]
  if (session.state === 'unknown') return <p className="column">{t('app.loading')}</p>
  if (!isAdmin(session)) {
    return (
      <div className="column">
        <h1>{t('nav.operations')}</h1>
        <p className="notice warning">{t('operations.onlyAdmins')} <Link href="/account">{t('nav.signIn')}</Link></p>
      </div>
    )
  }
  return (
    <div className="column wide">
      <h1>{t('nav.operations')}</h1>
      <nav className="row" aria-label={t('nav.operations')}>
        {(Object.keys(PARTS) as Part[]).map((name) => (
          <Link key={name} href={`/operations/${name}`} className="button" aria-current={name === chosen ? 'page' : undefined}>
            {t(`operations.${name}`)}
          </Link>
        ))}
      </nav>
      <Shown />
    </div>
  )
}
