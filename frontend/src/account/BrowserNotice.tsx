// Alerts as the browser's notifications, while the page is open. Permission is asked for on a click only.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setNotifying, useIsNotifying } from '../state/notifying'

export function BrowserNotice() {
  const { t } = useTranslation()
  const isOn = useIsNotifying()
  const [isRefused, setRefused] = useState(false)
  if (!('Notification' in window)) return null
  const toggle = async (): Promise<void> => {
    if (isOn) return setNotifying(false)
    const isGranted = (await Notification.requestPermission()) === 'granted'
    setRefused(!isGranted)
    setNotifying(isGranted)
  }
  return (
    <section className="card stack">
      <div className="row between">
        <h2>{t('alerts.browser')}</h2>
        <button type="button" className="button" aria-pressed={isOn} onClick={() => void toggle()}>{t(isOn ? 'alerts.browserOff' : 'alerts.browserOn')}</button>
      </div>
      <p className="hint">{t('alerts.browserWhat')}</p>
      {isRefused && <p className="notice warning" role="alert">{t('alerts.browserRefused')}</p>}
    </section>
  )
}
