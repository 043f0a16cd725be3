// The frame of every view, and which view an address shows.
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Route, Switch } from 'wouter'
import { useEvents } from './api/live'
import { Banners } from './ui/Banners'
import { Failure } from './ui/Failure'
import { TopBar } from './ui/TopBar'
import { MapView } from './map/MapView'


export function App() {
  const { t } = useTranslation()
  useEvents()
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
