// The mark of a level in lists: the same shapes as the map's pins.
import type { Outlook } from '../stations/outlook'

const DIAMOND = 'M18 3.5 Q20 2.2 22 3.5 L36.5 18 Q37.8 20 36.5 22 L22 36.5 Q20 37.8 18 36.5 L3.5 22 Q2.2 20 3.5 18 Z'

export function LevelMark({ outlook, size = 40 }: { outlook: Pick<Outlook, 'level' | 'label'>; size?: number }) {
  const { level, label } = outlook
  const isHollow = level === 'unknown' || level === 'off'
  const paint = isHollow
    ? { fill: 'none', stroke: 'var(--off)', strokeWidth: 2.5, strokeDasharray: level === 'unknown' ? '5 4' : undefined }
    : { fill: `var(--${level})` }
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      {level === 'few' ? <path d={DIAMOND} {...paint} /> : level === 'none' ? <rect x="5" y="5" width="30" height="30" rx="6" {...paint} /> : <circle cx="20" cy="20" r={isHollow ? 14 : 18} {...paint} />}
      {level === 'off' && <path d="M13 27 L27 13" stroke="var(--off)" strokeWidth="2.5" />}
      <text x="20" y="20.5" textAnchor="middle" dominantBaseline="central" fontWeight="700" fontSize={label.length > 2 ? 12.5 : 16} fill={isHollow ? 'var(--ink-soft)' : 'var(--pin-ink)'}>
        {label}
      </text>
    </svg>
  )
}
