// The frame of every view, and which view an address shows.
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Route, Switch } from 'wouter'
import { useEvents } from './api/live'
import { useNotifications } from './state/notifying'
import { Banners } from './ui/Banners'
import { Failure } from './ui/Failure'
import { TopBar } from './ui/TopBar'
import { MapView } from './map/MapView'

const ChatView = lazy(() => import('./chat/ChatView'))
const BoardView = lazy(() => import('./board/BoardView'))
const PostView = lazy(() => import('./board/PostView'))
const BotsView = lazy(() => import('./bots/BotsView'))
const BotView = lazy(() => import('./bots/BotView'))
const DocumentView = lazy(() => import('./documents/DocumentView'))
const AccountView = lazy(() => import('./account/AccountView'))
const LinkView = lazy(() => import('./account/LinkView'))
const AlertsView = lazy(() => import('./account/AlertsView'))
const OperationsView = lazy(() => import('./operations/OperationsView'))

export function App() {
  const { t } = useTranslation()
  useEvents()
  useNotifications()
  return (
    <div className="shell">
      <a className="skip-link visually-hidden" href="#content">
        {t('app.skip')}
      </a>
      <TopBar />
      <Banners />
      <main id="content" className="page" tabIndex={-1}>
        <Failure>
          <Suspense fallback={<p className="column">{t('app.loading')}</p>}>
            <Switch>
              <Route path="/"><MapView /></Route>
              <Route path="/stations/:id">{({ id }) => <MapView stationId={decodeURIComponent(id)} />}</Route>
              <Route path="/going"><MapView isPlan /></Route>
              <Route path="/ask/:session?">{({ session }) => <ChatView sessionId={session ? Number(session) : null} />}</Route>
              <Route path="/board"><BoardView /></Route>
              <Route path="/board/:id">{({ id }) => <PostView id={id} />}</Route>
              <Route path="/alerts"><AlertsView /></Route>
              <Route path="/operations/:part?">{({ part }) => <OperationsView part={part ?? 'now'} />}</Route>
              <Route path="/bots"><BotsView /></Route>
              <Route path="/bots/:id">{({ id }) => <BotView key={id} id={decodeURIComponent(id)} />}</Route>
              <Route path="/documents/:id">{({ id }) => <DocumentView key={id} id={id} />}</Route>
              <Route path="/account"><AccountView /></Route>
              <Route path="/account/:link">{({ link }) => <LinkView kind={link} />}</Route>
              <Route><NotFound /></Route>
            </Switch>
          </Suspense>
        </Failure>
      </main>
    </div>
  )
}

function NotFound() {
  const { t } = useTranslation()
  return (
    <div className="column">
      <h1>{t('app.notFound')}</h1>
      <Link href="/">{t('app.toMap')}</Link>
    </div>
  )
}
