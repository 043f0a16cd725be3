// What everybody must know: the operator's notices, and that the data are old.
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useNotices, useNow, useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { ageInMinutes, useAgeText, useTimes } from '../state/data-age'

const OLD_MINUTES = 15

function onNetworkChange(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

export function Banners() {
  const { t } = useTranslation()
  const notices = useNotices().data?.data ?? []
  const language = currentLanguage()
  const isOnline = useSyncExternalStore(onNetworkChange, () => navigator.onLine)
  return (
    <div className="banners" aria-live="polite">
      {notices
        .filter((notice) => notice.text !== null && notice.text !== undefined)
        .map((notice) => (
          <p key={notice.id} className="banner">
            {notice.text?.[language] ?? notice.text?.ko ?? notice.text?.en}
          </p>
        ))}
      <OldDataBanner />
      {!isOnline && <p className="banner" role="status">{t('data.offline')}</p>}
    </div>
  )
}

function OldDataBanner() {
  const { t } = useTranslation()
  const stations = useStations()
  const now = useNow()
  const times = useTimes()
  const ageText = useAgeText()
  if (stations.data === undefined) {
    return stations.isError ? <p className="banner" role="status">{t('data.unreachable')}</p> : null
  }
  const minutes = ageInMinutes(stations.data, now)
  if (stations.data.stale || minutes > OLD_MINUTES)
    return <p className="banner" role="status">{t('data.old', { age: ageText(minutes), time: times.full(stations.data.observed_at) })}</p>
  if (stations.isError) return <p className="banner" role="status">{t('data.unreachable')}</p>
  return stations.data.partial ? <p className="banner">{t('data.partial')}</p> : null
}
