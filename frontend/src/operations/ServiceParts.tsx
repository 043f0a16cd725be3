// The feed's records, the cycle's parts, the model's inputs and the background threads, as figures.
import { useTranslation } from 'react-i18next'
import type { Operations } from '../api/types.gen'

const SHOWN = 8 // inputs

export function ServiceParts({ operations }: { operations: Operations }) {
  const { t } = useTranslation()
  const { feed, forecasts, model, workers } = operations
  const drift = Object.entries(model.drift).sort(([, a], [, b]) => b - a).slice(0, SHOWN)
  const seconds = (value: number | null | undefined): string => (value == null ? '?' : `${value.toFixed(3)} s`)
  return (
    <div className="figure-grid">
      <section className="card stack">
        <h2>{t('operations.polls')}</h2>
        <Counts counts={feed.totals} />
        {Object.keys(feed.rejected).length > 0 && <><h3>{t('operations.rejected')}</h3><Counts counts={feed.rejected} /></>}
        {Object.keys(feed.failed).length > 0 && <><h3>{t('operations.failedPolls')}</h3><Counts counts={feed.failed} /></>}
      </section>
      <section className="card stack">
        <h2>{t('operations.cycle')}</h2>
        <Counts counts={forecasts.runs_by_trigger} />
        <Rows rows={Object.entries(forecasts.cycle).map(([part, time]) => [part, seconds(time.mean), `95 %: ${seconds(time.p95)}`])} />
      </section>
      <section className="card stack">
        <h2>{t('operations.drift')}</h2>
        <p className="hint">{t('operations.driftWhat')}</p>
        {drift.length === 0 ? <p className="hint">{t('app.none')}</p> : <Rows rows={drift.map(([name, value]) => [name, value.toFixed(3)])} />}
      </section>
      <section className="card stack">
        <h2>{t('operations.workers')}</h2>
        <Rows rows={Object.entries(workers).map(([name, worker]) => [name, seconds(worker.round_age), worker.late ? t('operations.late') : '', worker.restarts > 0 ? `↻ ${String(worker.restarts)}` : ''])} />
      </section>
    </div>
  )
}

const Counts = ({ counts }: { counts: Record<string, number> }) => <Rows rows={Object.entries(counts).map(([name, count]) => [name, String(count)])} />

function Rows({ rows }: { rows: readonly (readonly string[])[] }) {
  return (
    <div className="scroll-x">
      <table className="figures">
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}><th scope="row">{name}</th>{cells.map((cell, index) => <td key={index}>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
