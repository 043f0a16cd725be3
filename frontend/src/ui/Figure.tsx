// A small plot with its figures as a table for those who do not see it.
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Curve } from './FigurePlot'

const FigurePlot = lazy(() => import('./FigurePlot'))

interface BodyProps {
  title: string
  rowName: string // what the horizontal axis counts
  at: readonly number[]
  curves: readonly Curve[]
  nameOf: (at: number) => string
  steps: readonly number[] // distances that ticks may have
  digits?: number // behind the point, in the table
}

export function Figure({ hint, ...body }: BodyProps & { hint?: string }) {
  const { t } = useTranslation()
  return (
    <section className="card stack">
      <h2>{body.title}</h2>
      {hint !== undefined && <p className="hint">{hint}</p>}
      {body.at.length === 0 ? <p className="hint">{t('app.none')}</p> : <FigureBody {...body} />}
    </section>
  )
}

/** The plot, what its curves are, and the table. */
export function FigureBody({ title, rowName, at, curves, nameOf, steps, digits = 3 }: BodyProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="plot" role="img" aria-label={title}>
        <Suspense fallback={null}>
          <FigurePlot at={at} curves={curves} nameOf={nameOf} steps={steps} />
        </Suspense>
      </div>
      <p className="row hint">
        {curves.map((curve) => (
          <span key={curve.label} className="row">
            <svg width="22" height="8" aria-hidden="true">
              <line x1="0" x2="22" y1="4" y2="4" stroke={`var(${curve.token})`} strokeWidth="3" strokeDasharray={curve.isDashed ? '5 4' : undefined} />
            </svg>
            {curve.label}
          </span>
        ))}
      </p>
      <details>
        <summary>{t('operations.figures')}</summary>
        <div className="scroll-x">
          <table className="figures">
            <thead>
              <tr><th scope="col">{rowName}</th>{curves.map((curve) => <th key={curve.label} scope="col">{curve.label}</th>)}</tr>
            </thead>
            <tbody>
              {at.map((when, row) => (
                <tr key={when}><td>{nameOf(when)}</td>{curves.map((curve) => <td key={curve.label}>{curve.values[row]?.toFixed(digits) ?? '?'}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  )
}
