// One axis from a day ago to an hour ahead: drag it, play it, or use the arrow keys.
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow, useStations } from '../api/live'
import { cityNow, useAgeText, useTimes } from '../state/data-age'
import { LAST, minutesAt, positionOf, stepFrom, STEPS, TICKS } from './axis-scale'

const PLAY_MS = 350

interface Props {
  minutes: number
  onChange: (minutes: number) => void
}

export function TimeAxis({ minutes, onChange }: Props) {
  const { t } = useTranslation()
  const [isPlaying, setPlaying] = useState(false)
  usePlaying(isPlaying, minutes, onChange, () => setPlaying(false))
  const words = useMomentWords(minutes)
  const play = (): void => {
    if (!isPlaying && minutes >= LAST) onChange(minutesAt(0))
    setPlaying(!isPlaying)
  }
  return (
    <div className="floating time-axis">
      <button type="button" className="button quiet small" onClick={play} aria-pressed={isPlaying} aria-label={isPlaying ? t('time.pause') : t('time.play')}>
        <span aria-hidden="true">{isPlaying ? '❚❚' : '▶'}</span>
      </button>
      <input
        type="range"
        min={0}
        max={STEPS}
        value={positionOf(minutes)}
        aria-label={t('time.label')}
        aria-valuetext={`${words.when}, ${words.what}`}
        onChange={(event) => onChange(minutesAt(Number(event.target.value)))}
      />
      <output>
        {words.when}
        <small>{words.relative}</small>
      </output>
      <Ticks />
    </div>
  )
}

function Ticks() {
  return (
    <div className="ticks" aria-hidden="true">
      <svg>
        {TICKS.map((tick) => {
          const x = positionOf(tick.minutes) / STEPS
          return (
            <text key={tick.minutes} x={`${String(x * 100)}%`} y="12" textAnchor={x === 0 ? 'start' : x === 1 ? 'end' : 'middle'}>
              {tick.label}
            </text>
          )
        })}
      </svg>
    </div>
  )
}

function usePlaying(isPlaying: boolean, minutes: number, onChange: (minutes: number) => void, onEnd: () => void): void {
  useEffect(() => {
    if (!isPlaying) return
    const timer = setTimeout(() => (minutes >= LAST ? onEnd() : onChange(stepFrom(minutes, 1))), PLAY_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, minutes, onChange, onEnd])
}

/** The moment in words: the clock time, how far off it is, what is shown of it. */
export function useMomentWords(minutes: number): { when: string; relative: string; what: string } {
  const { t } = useTranslation()
  const list = useStations().data
  const now = useNow()
  const times = useTimes()
  const ageText = useAgeText()
  const at = list === undefined ? null : cityNow(list, now) + minutes * 60_000
  const clock = at === null ? '' : minutes < -600 ? times.day(at) : times.clock(at)
  if (minutes === 0) return { when: `${t('time.now')} ${clock}`, relative: t('time.present'), what: t('time.present') }
  if (minutes > 0) return { when: clock, relative: t('time.ahead', { count: minutes }), what: t('time.future') }
  return { when: clock, relative: ageText(-minutes), what: t('time.past') }
}
