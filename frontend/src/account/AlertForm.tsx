// A new alert rule: where, what, how few, and on which days and hours.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { sendJson } from '../api/client'
import { useStations } from '../api/live'
import type { AlertRuleIn, AlertRuleOut } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { placeOf } from '../stations/geo'
import { StationSelect } from '../stations/StationSelect'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import { Segments } from '../ui/Segments'
import { ALL_DAYS, ruleOf, weekdayNames, type AlertDraft } from './alert-rules'

const EMPTY: AlertDraft = { stationId: '', radius: '', kind: 'bikes', threshold: '1', minutes: '30', weekdays: ALL_DAYS, from: '', until: '' }
const RADII = ['300', '500', '1000', '2000'] // metres

export function AlertForm({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation()
  const stations = useStations().data?.stations ?? []
  const [params] = useSearchParams()
  const [draft, setDraft] = useState({ ...EMPTY, stationId: params.get('station') ?? '' })
  const set = (change: Partial<AlertDraft>): void => setDraft((before) => ({ ...before, ...change }))
  const place = placeOf(stations.find((station) => station.station_id === draft.stationId) ?? { lat: null, lon: null })
  const add = useMutation({
    mutationFn: () => sendJson<AlertRuleOut>('POST', '/api/v1/alerts', ruleOf(draft, place), 'guest'),
    onSuccess: onAdded,
  })
  const isArea = draft.radius !== ''
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Segments
        label={t('alerts.where')}
        value={isArea ? 'area' : 'station'}
        options={[{ value: 'station', label: t('alerts.oneStation') }, { value: 'area', label: t('alerts.neighbourhood') }]}
        onChange={(where) => set({ radius: where === 'area' ? '500' : '' })}
      />
      <div className="fields">
        <StationSelect label={t(isArea ? 'alerts.around' : 'alerts.station')} empty={t('alerts.choose')} value={draft.stationId} onChange={(stationId) => set({ stationId })} required />
        {isArea && (
          <label className="field">
            {t('alerts.radius')}
            <select value={draft.radius} onChange={(event) => set({ radius: event.target.value })}>
              {RADII.map((radius) => <option key={radius} value={radius}>{t('unit.metres', { count: Number(radius) })}</option>)}
            </select>
          </label>
        )}
        <label className="field">
          {t('want.label')}
          <select value={draft.kind} onChange={(event) => set({ kind: event.target.value as AlertRuleIn['kind'] })}>
            <option value="bikes">{t('want.bike')}</option>
            <option value="docks">{t('want.dock')}</option>
          </select>
        </label>
        <Field label={t('alerts.threshold')} type="number" min={0} max={1000} value={draft.threshold} onChange={(threshold) => set({ threshold })} />
        <Field label={t('alerts.minutes')} type="number" min={0} max={180} value={draft.minutes} onChange={(minutes) => set({ minutes })} />
      </div>
      <Weekdays chosen={draft.weekdays} onChange={(weekdays) => set({ weekdays })} />
      <div className="fields">
        <Field label={t('alerts.from')} type="time" value={draft.from} onChange={(from) => set({ from })} required={draft.until !== ''} />
        <Field label={t('alerts.until')} type="time" value={draft.until} onChange={(until) => set({ until })} required={draft.from !== ''} />
      </div>
      <FormOutcome of={add} done={t('alerts.added')} />
      <button type="submit" className="button primary" disabled={add.isPending}>{t('alerts.add')}</button>
    </form>
  )
}

function Weekdays({ chosen, onChange }: { chosen: readonly number[]; onChange: (days: number[]) => void }) {
  const { t } = useTranslation()
  const names = weekdayNames(currentLanguage())
  const toggle = (day: number): void => onChange(ALL_DAYS.filter((other) => (other === day) !== chosen.includes(other)))
  return (
    <fieldset className="weekdays">
      <legend>{t('alerts.weekdays')}</legend>
      <div className="row">
        {ALL_DAYS.map((day, index) => (
          <label key={day} className="check">
            <input type="checkbox" checked={chosen.includes(day)} onChange={() => toggle(day)} />
            {names[index]}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
