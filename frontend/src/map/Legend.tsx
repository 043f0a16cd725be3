import { useTranslation } from 'react-i18next'
import { LevelMark } from '../ui/LevelMark'

const LEVELS = ['good', 'few', 'none', 'unknown', 'off'] as const

/** What the pins' shapes mean. */
export function Legend() {
  const { t } = useTranslation()
  return (
    <div className="floating legend" role="group" aria-label={t('map.legend')}>
      {LEVELS.map((level) => (
        <span key={level}>
          <LevelMark outlook={{ level, label: level === 'unknown' ? '?' : '' }} size={18} />
          {t(`level.${level}`)}
        </span>
      ))}
    </div>
  )
}
