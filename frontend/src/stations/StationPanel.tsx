// A station's page: now, what will be there, the last day, and what to do.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useForecast, useNotices, useStations } from '../api/live'
import type { StationNow } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useFavourites } from '../state/favourites'
import { useKeptSearch } from '../state/url-state'
import { FailureNotice } from '../ui/Failure'
import { Chances } from './Chances'
import { nameOf } from './geo'
import { LastDay } from './LastDay'
import { NearestOthers } from './NearestOthers'
import { ReportForm } from './ReportForm'
import { UsualDay } from './UsualDay'

export function StationPanel({ id }: { id: string }) {
  const { t } = useTranslation()
  const stations = useStations()
  const kept = useKeptSearch()
  const station = stations.data?.stations.find((other) => other.station_id === id)
  return (
    <>
      <div className="panel-head">
        <Link href={`/${kept}`}>← {t('list.all')}</Link>
        {station && <StationTitle station={station} />}
      </div>
      <div className="panel-body stack">
        {station && <StationBody key={id} station={station} />}
        {stations.data && !station && <p className="notice warning">{t('station.missing')}</p>}
        {stations.isError && !stations.data && <FailureNotice error={stations.error} onRetry={() => void stations.refetch()} />}
        {stations.isPending && <p>{t('app.loading')}</p>}
      </div>
    </>
  )
}

function StationTitle({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const { ids, toggle } = useFavourites()
  const isMarked = ids.includes(station.station_id)
  return (
    <div className="row between title-row">
      <h1>{nameOf(station, currentLanguage())}</h1>
      <button
        type="button"
        className="button quiet star"
        aria-pressed={isMarked}
        aria-label={t(isMarked ? 'station.unstar' : 'station.star')}
        onClick={() => toggle(station.station_id)}
      >
        <span aria-hidden="true">{isMarked ? '★' : '☆'}</span>
      </button>
    </div>
  )
}

function StationBody({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const forecast = useForecast(station.station_id)
  return (
    <>
      <StateNotice station={station} />
      <Counts station={station} />
      {forecast.data ? <Chances forecast={forecast.data} /> : !forecast.isPending && <p className="hint">{t('station.noForecast')}</p>}
      <NearestOthers station={station} forecast={forecast.data} />
      <LastDay station={station} forecast={forecast.data} />
      <UsualDay stationId={station.station_id} />
      <Actions station={station} />
    </>
  )
}

function StateNotice({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const isClosed = useNotices().data?.closed_stations.includes(station.station_id) ?? false
  const key = isClosed
    ? 'station.closed'
    : !station.installed
      ? 'station.off'
      : !station.renting
        ? 'station.noRent'
        : station.returning
          ? null
          : 'station.noReturn'
  return key === null ? null : <p className="notice warning">{t(key)}</p>
}

function Counts({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const docks = station.unlimited ? '∞' : (station.docks ?? '?')
  return (
    <dl className="counts" aria-label={t('station.now')}>
      <div><dt>{t('want.bike')}</dt><dd>{station.bikes}</dd></div>
      {station.ebikes != null && <div><dt>{t('want.ebike')}</dt><dd>{station.ebikes}</dd></div>}
      <div><dt>{t('want.dock')}</dt><dd>{docks}</dd></div>
      {station.capacity != null && <div><dt>{t('station.capacity')}</dt><dd>{station.capacity}</dd></div>}
    </dl>
  )
}

function Actions({ station }: { station: StationNow }) {
  const { t } = useTranslation()
  const [isReporting, setReporting] = useState(false)
  const [isCopied, setCopied] = useState(false)
  const question = t('station.question', { name: nameOf(station, currentLanguage()) })
  const copy = (): void => void navigator.clipboard.writeText(location.href).then(() => setCopied(true), () => undefined)
  return (
    <section className="stack">
      <div className="row">
        <Link className="button primary" href={`/going?to=${encodeURIComponent(station.station_id)}`}>{t('station.planTo')}</Link>
        <Link className="button" href={`/alerts?station=${encodeURIComponent(station.station_id)}`}>{t('station.tellMe')}</Link>
        <Link className="button" href={`/ask?q=${encodeURIComponent(question)}`}>{t('station.askAbout')}</Link>
        <button type="button" className="button" onClick={copy}>{t('station.share')}</button>
        <button type="button" className="button" aria-expanded={isReporting} onClick={() => setReporting(!isReporting)}>
          {t('station.report')}
        </button>
      </div>
      <p className="hint" role="status">{isCopied ? t('station.copied') : ''}</p>
      {isReporting && <ReportForm station={station} />}
    </section>
  )
}
