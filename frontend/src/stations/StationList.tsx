// The list twin of the map: everything the map shows, searchable, nearest first where a place is known.
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { useFavourites } from '../state/favourites'
import { useViewState } from '../state/url-state'
import { useMomentWords } from '../time/TimeAxis'
import { Segments } from '../ui/Segments'
import { matchesQuery, metresBetween, nameOf, placeOf, type Place } from './geo'
import { NearMe } from './NearMe'
import { StationRow } from './StationRow'
import type { StationOutlook } from './use-outlooks'

const PAGE = 40

interface Listed extends StationOutlook {
  metres: number | null
}

export function StationList({ pins, isLoading }: { pins: readonly StationOutlook[]; isLoading: boolean }) {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  const { ids } = useFavourites()
  const [shown, setShown] = useState(PAGE)
  const isSearching = view.query !== ''
  const onlyFavourites = !isSearching && view.favourites
  const listed = useListed(pins, view.query, view.near, onlyFavourites ? ids : null, ids)
  return (
    <>
      <div className="panel-head">
        <h1 className="visually-hidden">{t('app.tagline')}</h1>
        <div className="row">
          <label className="search">
            <span className="visually-hidden">{t('list.search')}</span>
            <input type="search" value={view.query} placeholder={t('list.search')} onChange={(event) => change({ q: event.target.value })} />
          </label>
          <NearMe />
        </div>
        <Segments
          label={t('list.all')}
          value={onlyFavourites ? 'fav' : 'all'}
          options={[
            { value: 'all', label: view.near ? t('list.nearest') : t('list.all') },
            { value: 'fav', label: `★ ${t('list.favourites')}` },
          ]}
          onChange={(value) => change({ fav: value === 'fav' ? '1' : null, q: null })}
        />
        <ListStatus count={listed.length} isLoading={isLoading} />
      </div>
      <div className="panel-body">
        {listed.length === 0 && pins.length > 0 && <p className="hint">{t(onlyFavourites ? 'list.noFavourites' : 'list.nothing')}</p>}
        <ul className="plain-list">
          {listed.slice(0, shown).map((item) => (
            <li key={item.station.station_id}>
              <StationRow {...item} isFavourite={ids.includes(item.station.station_id)} />
            </li>
          ))}
        </ul>
        {listed.length > shown && (
          <button type="button" className="button" onClick={() => setShown(shown + PAGE)}>
            {t('app.more')}
          </button>
        )}
        <ZoneNote />
      </div>
    </>
  )
}

function ListStatus({ count, isLoading }: { count: number; isLoading: boolean }) {
  const { t } = useTranslation()
  const [view] = useViewState()
  const words = useMomentWords(view.minutes)
  return (
    <p className="hint" role="status">
      {t('list.found', { count })} · {words.when} · {isLoading ? t('app.loading') : words.what}
    </p>
  )
}

function ZoneNote() {
  const { t } = useTranslation()
  const zone = useStations().data?.system.timezone
  return zone === undefined ? null : <p className="hint zone-note">{t('data.zone', { zone })}</p>
}

function useListed(pins: readonly StationOutlook[], query: string, near: Place | null, only: readonly string[] | null, favourites: readonly string[]): Listed[] {
  return useMemo(() => {
    const language = currentLanguage()
    const wanted = pins.filter(({ station }) => matchesQuery(station, query) && (only === null || only.includes(station.station_id)))
    const listed = wanted.map((pin) => {
      const at = placeOf(pin.station)
      return { ...pin, metres: near === null || at === null ? null : metresBetween(near, at) }
    })
    const rank = (item: Listed): number => (favourites.includes(item.station.station_id) ? 0 : 1)
    return listed.sort((a, b) =>
      near === null
        ? rank(a) - rank(b) || nameOf(a.station, language).localeCompare(nameOf(b.station, language), language, { numeric: true })
        : (a.metres ?? Infinity) - (b.metres ?? Infinity),
    )
  }, [pins, query, near, only, favourites])
}
