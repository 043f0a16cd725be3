// How the advice of "going there" was judged on a recorded week; the figures are those of docs/going-there.md.
import { useTranslation } from 'react-i18next'

// Boston, 24 to 30 November 2021, asked 15 minutes ahead. Shares in per cent; the last column where at most two were there.
const ROWS = [
  { want: 'bike', adviser: 'plan', go: 30_795, held: 99.73, sent: 1368, needed: 86.2, served: 92.2, servedFew: 66 },
  { want: 'bike', adviser: 'lastValue', go: 30_913, held: 99.65, sent: 1241, needed: 92.3, served: 92.1, servedFew: 65.5 },
  { want: 'dock', adviser: 'plan', go: 33_152, held: 99.66, sent: 1064, needed: 78.5, served: 98, servedFew: 85.4 },
  { want: 'dock', adviser: 'lastValue', go: 33_297, held: 99.55, sent: 902, needed: 86.8, served: 97.8, servedFew: 84.4 },
] as const

export function PlanJudged() {
  const { t } = useTranslation()
  return (
    <details className="card">
      <summary>{t('judged.title')}</summary>
      <p className="hint">{t('judged.what')}</p>
      <div className="scroll-x">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t('judged.adviser')}</th>
              <th scope="col">{t('judged.go')}</th>
              <th scope="col">{t('judged.held')}</th>
              <th scope="col">{t('judged.sent')}</th>
              <th scope="col">{t('judged.needed')}</th>
              <th scope="col">{t('judged.served')}</th>
              <th scope="col">{t('judged.servedFew')}</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map((row) => (
              <tr key={row.want + row.adviser}>
                <td>{t(`want.${row.want}`)}: {t(`judged.${row.adviser}`)}</td>
                <td>{row.go.toLocaleString('en')}</td>
                <td>{row.held} %</td>
                <td>{row.sent.toLocaleString('en')}</td>
                <td>{row.needed} %</td>
                <td>{row.served} %</td>
                <td>{row.servedFew} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
