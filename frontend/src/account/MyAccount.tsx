// A member's account: name, reports, alerts, my data, the password, and the way out.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ask, getJson, sendJson } from '../api/client'
import { forget, signOut } from '../api/session'
import type { FaultReportIn, FaultReportsOut, Success, UserOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { StationName } from '../stations/StationName'
import { FailureNotice } from '../ui/Failure'
import { Field } from '../ui/Field'
import { FormOutcome } from '../ui/FormOutcome'
import { saveFile } from '../ui/save-file'

export function MyAccount({ user }: { user: UserOut }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row between">
        <h1>{user.username ?? user.email}</h1>
        <button type="button" className="button" onClick={() => void signOut()}>{t('account.signOut')}</button>
      </div>
      <p className="row">
        <Link className="button" href="/alerts">{t('nav.alerts')}</Link>
        <Link className="button" href="/bots">{t('nav.bots')}</Link>
        {user.role === 'admin' && <Link className="button" href="/operations">{t('nav.operations')}</Link>}
      </p>
      <MyReports />
      <ChangePassword />
      <MyData />
    </>
  )
}

function MyReports() {
  const { t } = useTranslation()
  const times = useTimes()
  const reports = useQuery({ queryKey: ['reports'], queryFn: () => getJson<FaultReportsOut>('/api/v1/reports') })
  return (
    <section className="card stack">
      <h2>{t('account.reports')}</h2>
      {reports.isError && <FailureNotice error={reports.error} />}
      {reports.data?.data.length === 0 && <p className="hint">{t('app.none')}</p>}
      {reports.data?.data.map((row) => (
        <div key={row.id}>
          <strong><StationName id={row.station_id} /></strong> {t(`report.${row.kind as FaultReportIn['kind']}`)} <span className="badge">{t(`reportState.${row.state}`)}</span>
          <p className="hint">{[times.full(row.created_at), row.text].filter(Boolean).join(' · ')}</p>
          {row.answer !== null && <p>{row.answer}</p>}
        </div>
      ))}
    </section>
  )
}

function ChangePassword() {
  const { t } = useTranslation()
  const [oldPassword, setOld] = useState('')
  const [newPassword, setNew] = useState('')
  const change = useMutation({
    mutationFn: () => sendJson<Success>('POST', '/api/v1/auth/change-password', { old_password: oldPassword, new_password: newPassword }),
  })
  return (
    <details className="card">
      <summary>{t('account.changePassword')}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <Field label={t('account.oldPassword')} type="password" autoComplete="current-password" value={oldPassword} onChange={setOld} required />
        <Field label={t('account.newPassword')} type="password" autoComplete="new-password" value={newPassword} onChange={setNew} required />
        <FormOutcome of={change} done={t('account.passwordChanged')} />
        <button type="submit" className="button" disabled={change.isPending}>{t('app.save')}</button>
      </form>
    </details>
  )
}

function MyData() {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const archive = useMutation({
    mutationFn: async () => saveFile(await (await ask('/api/v1/auth/export')).blob(), 'pedalcast-export.zip'),
  })
  const remove = useMutation({
    mutationFn: () => sendJson<Success>('POST', '/api/v1/auth/delete', password === '' ? undefined : { password }),
    onSuccess: forget,
  })
  return (
    <section className="card stack">
      <h2>{t('account.myData')}</h2>
      <p><button type="button" className="button" onClick={() => archive.mutate()}>{t('account.download')}</button></p>
      <FormOutcome of={archive} />
      <details>
        <summary className="none">{t('account.delete')}</summary>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            remove.mutate()
          }}
        >
          <p>{t('account.deleteWhat')}</p>
          <Field label={t('account.password')} type="password" autoComplete="current-password" value={password} onChange={setPassword} />
          <FormOutcome of={remove} />
          <button type="submit" className="button danger">{t('account.delete')}</button>
        </form>
      </details>
    </section>
  )
}
