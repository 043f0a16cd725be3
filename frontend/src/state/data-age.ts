// How old the data are: from when they were true, not from when they were fetched.
import { useTranslation } from 'react-i18next'
import { useStations, type ReceivedStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { timeIn } from './city-time'

/** Minutes since the counts were true: their age when the service sent them, and the time since then. */
export function ageInMinutes(list: ReceivedStations, now: number): number {
  return Math.max(0, (list.age + (now - list.sent_at) / 1000) / 60)
}

/** The city's time, ms. A replayed or a simulated city may be at another time than this device. */
export function cityNow(list: ReceivedStations, now: number): number {
  return Date.parse(list.as_of) + Math.max(0, now - list.sent_at)
}

export function useAgeText(): (minutes: number) => string {
  const { t } = useTranslation()
  return (minutes) => {
    const whole = Math.floor(minutes)
    if (whole < 1) return t('data.justNow')
    return whole < 90 ? t('data.minutesAgo', { count: whole }) : t('data.hoursAgo', { count: Math.round(whole / 60) })
  }
}

/** Formats times in the city's zone. */
export function useTimes() {
  const zone = useStations().data?.system.timezone ?? 'Asia/Seoul'
  return timeIn(zone, currentLanguage())
}
