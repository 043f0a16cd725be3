// Going there: GO, WAIT or ELSEWHERE, in plain words, checked again at every new forecast.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { getJson } from '../api/client'
import type { Plan, PlanStation } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useTimes } from '../state/data-age'
import { formatPlace } from '../stations/geo'
import { devicePlace } from '../stations/NearMe'
import { percent } from '../stations/outlook'
import { StationSelect } from '../stations/StationSelect'
import { useDistanceText } from '../stations/words'
import { FailureNotice } from '../ui/Failure'
import { Segments } from '../ui/Segments'

const MINUTES = ['5', '10', '15', '20', '30', '45', '60'] as const
const NUMBERS = ['1', '2', '3', '4', '5'] as const

export function Going() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const set = (values: Record<string, string | null>): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [key, value] of Object.entries(values)) {
          if (value === null) next.delete(key)
          else next.set(key, value)
        }
        return next
      },
      { replace: true },
    )
  const want = params.get('want') === 'dock' ? 'dock' : 'bike'
  return (
    <>
      <div className="panel-head"><h1>{t('plan.title')}</h1></div>
      <div className="panel-body stack">
        <StationSelect label={t('plan.to')} empty={t('plan.choose')} value={params.get('to') ?? ''} onChange={(to) => set({ to: to === '' ? null : to })} />
        <Start value={params.get('near')} onChange={(near) => set({ near })} />
        <Segments
          label={t('plan.want')}
          value={want}
          options={[{ value: 'bike', label: t('station.forBike') }, { value: 'dock', label: t('station.forDock') }]}
          onChange={(value) => set({ want: value === 'bike' ? null : value })}
        />
        <div className="row">
          <Choice label={t('plan.minutes')} options={MINUTES} value={params.get('in') ?? '15'} onChange={(value) => set({ in: value })} />
          <Choice label={t('plan.n')} options={NUMBERS} value={params.get('n') ?? '1'} onChange={(value) => set({ n: value })} />
        </div>
        <Verdict to={params.get('to')} near={params.get('near')} minutes={params.get('in') ?? '15'} n={params.get('n') ?? '1'} want={want} />
      </div>
    </>
  )
}

function Start({ value, onChange }: { value: string | null; onChange: (place: string | null) => void }) {
  const { t } = useTranslation()
  const [failed, setFailed] = useState(false)
  const use = (): void =>
    void devicePlace().then(
      (place) => onChange(formatPlace(place)),
      () => setFailed(true),
    )
  return (
    <div className="row">
      <button type="button" className="button" aria-pressed={value !== null} onClick={() => (value === null ? use() : onChange(null))}>{t('plan.useHere')}</button>
      {value !== null && <span className="hint">{t('plan.hereUsed')}</span>}
      {failed && <span className="notice warning" role="alert">{t('map.nearFailed')}</span>}
    </div>
  )
}

interface ChoiceProps {
  label: string
  value: string
  options: readonly string[]
  onChange: (value: string) => void
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label className="field">
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>{option}</option>
        ))}
      </select>
    </label>
  )
}

interface Question {
  to: string | null
  near: string | null
  minutes: string
  n: string
  want: 'bike' | 'dock'
}

function Verdict({ to, near, minutes, n, want }: Question) {
  const { t } = useTranslation()
  const times = useTimes()
  const plan = useQuery({
    queryKey: ['plan', to, near, minutes, n, want],
    enabled: to !== null,
    queryFn: () => {
      const search = new URLSearchParams({ to: to ?? '', minutes, n, want })
      if (near !== null) search.set('from', near)
      return getJson<Plan>(`/api/v1/predict/plan?${search.toString()}`, { as: 'nobody' })
    },
  })
  if (to === null) return <p className="hint">{t('plan.choose')}</p>
  if (plan.isError) return <FailureNotice error={plan.error} onRetry={() => void plan.refetch()} />
  if (!plan.data) return <p>{t('app.loading')}</p>
  const { verdict, why, station, wait, alternative } = plan.data
  return (
    <section className="verdict" aria-live="polite">
      <strong className={verdict === 'GO' ? 'good' : verdict === 'WAIT' ? 'few' : 'none'}>{t(`plan.${verdict}`)}</strong>
      <p>{why[currentLanguage()]}</p>
      {station.probability !== null && <p>{t('plan.probability', { percent: percent(station.probability) })}</p>}
      {wait && <p>{t('plan.wait', { time: times.clock(wait.at), percent: percent(wait.probability) })}</p>}
      {alternative && <Alternative station={alternative} />}
      <p className="hint">{t('plan.again')}</p>
    </section>
  )
}

function Alternative({ station }: { station: PlanStation }) {
  const { t } = useTranslation()
  const distanceText = useDistanceText()
  const walk = station.walk_minutes == null ? distanceText(station.distance ?? 0) : t('unit.minutes', { count: Math.max(1, Math.round(station.walk_minutes)) })
  const name = station.names?.[currentLanguage()] ?? station.name
  return <Link href={`/stations/${encodeURIComponent(station.station_id)}`}>{t('plan.alternative', { name, walk })}</Link>
}
