import { useTranslation } from 'react-i18next'
import { useViewState } from '../state/url-state'
import { LevelMark } from '../ui/LevelMark'

const LEVELS = ['good', 'few', 'none', 'unknown', 'off'] as const

/** What the pins' shapes mean; a switch draws every station by itself where many would be grouped. */
export function Legend({ canCluster }: { canCluster: boolean }) {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  return (
    <div className="floating legend" role="group" aria-label={t('map.legend')}>
      {LEVELS.map((level) => (
        <span key={level}>
          <LevelMark outlook={{ level, label: level === 'unknown' ? '?' : '' }} size={18} />
          {t(`level.${level}`)}
        </span>
      ))}
      {canCluster && (
        <label className="check small">
          <input type="checkbox" checked={view.isClustered} onChange={() => change({ pins: view.isClustered ? 'all' : null })} />
          {t('map.clusters')}
        </label>
      )}
    </div>
  )
}
