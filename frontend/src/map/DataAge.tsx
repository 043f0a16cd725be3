import { useTranslation } from 'react-i18next'
import { useNow, useStations } from '../api/live'
import { ageInMinutes, useAgeText, useTimes } from '../state/data-age'

/** When the counts were true, and how long ago that is. */
export function DataAge() {
  const { t } = useTranslation()
  const list = useStations().data
  const now = useNow()
  const times = useTimes()
  const ageText = useAgeText()
  if (list === undefined) return null
  const title = t('data.zone', { zone: list.system.timezone })
  return (
    <p className="floating legend data-age" title={title}>
      {t('data.age', { time: times.clock(list.observed_at), age: ageText(ageInMinutes(list, now)) })}
    </p>
  )
}
