// Alert rules, and what they have told; a guest may have them too.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import { useStations } from '../api/live'
import { useSession } from '../api/session'
import type { AlertRuleIn, AlertRuleOut, AlertRulesOut, NotificationsOut, Success } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useTimes } from '../state/data-age'
import { nameOf } from '../stations/geo'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'

export default function AlertsView() {
  const { t } = useTranslation()
  const { state } = useSession()
  const client = useQueryClient()
  const rules = useQuery({ queryKey: ['alerts'], enabled: state === 'member' || state === 'guest', queryFn: () => getJson<AlertRulesOut>('/api/v1/alerts') })
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['alerts'] })
  const remove = useMutation({ mutationFn: (id: number) => sendJson<Success>('DELETE', `/api/v1/alerts/${String(id)}`), onSuccess: refresh })
  return (
    <div className="column">
      <h1>{t('nav.alerts')}</h1>
      <p className="hint">{t('alerts.what')}</p>
      <NewRule onAdded={() => void refresh()} />
      {rules.isError && <FailureNotice error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && (
        <section className="card stack">
          <h2>{t('alerts.mine')}</h2>
          {rules.data.data.length === 0 && <p className="hint">{t('app.none')}</p>}
          {rules.data.data.map((rule) => (
            <div key={rule.id} className="row between">
              <RuleText rule={rule} />
              <button type="button" className="button small" onClick={() => remove.mutate(rule.id)}>{t('app.delete')}</button>
            </div>
          ))}
        </section>
      )}
      {state !== 'nobody' && state !== 'unknown' && <Notifications />}
    </div>
  )
}

/** The names of a rule's stations; an area's is "several stations". */
function useStationNames(rule: AlertRuleOut): string {
  const { t } = useTranslation()
  const stations = useStations().data?.stations ?? []
  const ids = rule.station_ids ?? (rule.station_id == null ? [] : [rule.station_id])
  if (ids.length === 0) return t('alerts.area')
  const names = new Map(stations.map((station) => [station.station_id, nameOf(station, currentLanguage())]))
  return ids.map((id) => names.get(id) ?? id).join(', ')
}

function RuleText({ rule }: { rule: AlertRuleOut }) {
  const { t } = useTranslation()
  const name = useStationNames(rule)
  const hours = rule.from_time != null && rule.until_time != null ? ` (${rule.from_time}–${rule.until_time})` : ''
  return <span>{t(`alerts.rule_${rule.kind}`, { name, threshold: rule.threshold, minutes: rule.minutes })}{hours}</span>
}

function NewRule({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation()
  const stations = useStations().data?.stations ?? []
  const [stationId, setStation] = useState('')
  const [kind, setKind] = useState<AlertRuleIn['kind']>('bikes')
  const [threshold, setThreshold] = useState('1')
  const [minutes, setMinutes] = useState('30')
  const add = useMutation({
    mutationFn: () =>
      sendJson<AlertRuleOut>('POST', '/api/v1/alerts', { station_id: stationId, kind, threshold: Number(threshold), minutes: Number(minutes) }, 'guest'),
    onSuccess: onAdded,
  })
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <label className="field">
        {t('plan.to')}
        <select value={stationId} onChange={(event) => setStation(event.target.value)} required>
          <option value="">{t('alerts.choose')}</option>
          {stations.map((station) => (
            <option key={station.station_id} value={station.station_id}>{nameOf(station, currentLanguage())}</option>
          ))}
        </select>
      </label>
      <label className="field">
        {t('want.label')}
        <select value={kind} onChange={(event) => setKind(event.target.value as AlertRuleIn['kind'])}>
          <option value="bikes">{t('want.bike')}</option>
          <option value="docks">{t('want.dock')}</option>
        </select>
      </label>
      <Field label={t('alerts.threshold')} type="number" min={0} max={1000} value={threshold} onChange={setThreshold} />
      <Field label={t('alerts.minutes')} type="number" min={0} max={180} value={minutes} onChange={setMinutes} />
      {add.isError && <FailureNotice error={add.error} />}
      <button type="submit" className="button primary" disabled={add.isPending}>{t('alerts.add')}</button>
    </form>
  )
}

function Notifications() {
  const { t } = useTranslation()
  const times = useTimes()
  const list = useQuery({ queryKey: ['notifications'], queryFn: () => getJson<NotificationsOut>('/api/v1/notifications'), refetchInterval: 60_000 })
  return (
    <section className="card stack" aria-live="polite">
      <h2>{t('alerts.told')}</h2>
      {list.isError && <FailureNotice error={list.error} />}
      {list.data?.data.length === 0 && <p className="hint">{t('app.none')}</p>}
      {list.data?.data.map((row) => (
        <p key={row.id}>{row.text[currentLanguage()]} <span className="hint">{times.full(row.created_at)}</span></p>
      ))}
    </section>
  )
}
