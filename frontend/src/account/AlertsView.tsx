// Alert rules, and what they have told; a guest may have them too.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import { useStations } from '../api/live'
import { useSession } from '../api/session'
import type { AlertRuleOut, AlertRulesOut, NotificationsOut, Success } from '../api/types.gen'
import { currentLanguage } from '../i18n'
import { useTimes } from '../state/data-age'
import { nameOf, nearest } from '../stations/geo'
import { FailureNotice } from '../ui/Failure'
import { AlertForm } from './AlertForm'
import { weekdayNames } from './alert-rules'
import { BrowserNotice } from './BrowserNotice'

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
      <AlertForm onAdded={() => void refresh()} />
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
      <BrowserNotice />
      {state !== 'nobody' && state !== 'unknown' && <Notifications />}
    </div>
  )
}

/** Where a rule holds, in words: the names of its stations, or how far around which one. */
function useRulePlace(rule: AlertRuleOut): string {
  const { t } = useTranslation()
  const stations = useStations().data?.stations ?? []
  if (rule.area != null) {
    const [centre] = nearest(stations, rule.area)
    return t('alerts.area', { metres: rule.area.radius, name: centre === undefined ? '' : nameOf(centre.station, currentLanguage()) })
  }
  const ids = rule.station_ids ?? (rule.station_id == null ? [] : [rule.station_id])
  const names = new Map(stations.map((station) => [station.station_id, nameOf(station, currentLanguage())]))
  return ids.map((id) => names.get(id) ?? id).join(', ')
}

function RuleText({ rule }: { rule: AlertRuleOut }) {
  const { t } = useTranslation()
  const name = useRulePlace(rule)
  const days = rule.weekdays?.map((day) => weekdayNames(currentLanguage())[day - 1]).join(' ') ?? ''
  const hours = rule.from_time != null && rule.until_time != null ? `${rule.from_time}–${rule.until_time}` : ''
  const when = [days, hours].filter(Boolean).join(', ')
  return <span>{t(`alerts.rule_${rule.kind}`, { name, count: rule.threshold, minutes: rule.minutes })}{when && ` (${when})`}</span>
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
