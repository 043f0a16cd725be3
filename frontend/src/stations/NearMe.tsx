import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useViewState } from '../state/url-state'
import { formatPlace, type Place } from './geo'

const TIMEOUT_MS = 10_000

/** The device's place, once. Rejects where it is not given. */
export function devicePlace(): Promise<Place> {
  return new Promise((resolve, reject) => {
    if (!('geolocation' in navigator)) return reject(new Error('no geolocation'))
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      reject,
      { timeout: TIMEOUT_MS, maximumAge: 60_000 },
    )
  })
}

/** A button that sorts by the distance from here; pressed again it stops doing so. */
export function NearMe() {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  const [failed, setFailed] = useState(false)
  const find = async (): Promise<void> => {
    if (view.near !== null) return change({ near: null })
    try {
      change({ near: formatPlace(await devicePlace()) })
      setFailed(false)
    } catch {
      setFailed(true)
    }
  }
  return (
    <>
      <button type="button" className="button" aria-pressed={view.near !== null} onClick={() => void find()}>
        {t('map.near')}
      </button>
      {failed && <p className="notice warning" role="alert">{t('map.nearFailed')}</p>}
    </>
  )
}
