// When the station is usually full or empty: fetched when somebody opens it.
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHistory, useStations } from '../api/live'
import { cityNow } from '../state/data-age'
import type { Curve } from '../ui/FigurePlot'
import { FailureNotice } from '../ui/Failure'
import { FigureBody } from '../ui/Figure'
import { usualDay } from './usual-day'

const HOURS = [2, 3, 4, 6, 12]
const WEEK_HOURS = 168
const hourName = (hour: number): string => `${String(Math.floor(hour)).padStart(2, '0')}:${hour % 1 === 0 ? '00' : '30'}`

export function UsualDay({ stationId }: { stationId: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('station.usualDay')}</summary>
      {isOpen && <Week stationId={stationId} />}
    </details>
  )
}

function Week({ stationId }: { stationId: string }) {
  const { t } = useTranslation()
  const list = useStations().data
  const history = useHistory(stationId, WEEK_HOURS)
  const [now] = useState(() => (list === undefined ? Date.now() : cityNow(list, Date.now())))
  const zone = list?.system.timezone ?? 'Asia/Seoul'
  const day = useMemo(() => (history.data === undefined ? null : usualDay(history.data, zone, now)), [history.data, zone, now])
  const curves = useMemo(
    (): Curve[] =>
      day === null
        ? []
        : [
            { label: t('station.usually'), token: '--accent', values: day.middle },
            { label: t('station.mostlyAtLeast'), token: '--few', values: day.low, isDashed: true },
            { label: t('station.mostlyAtMost'), token: '--few', values: day.high, isDashed: true },
          ],
    [day, t],
  )
  if (history.isError) return <FailureNotice error={history.error} onRetry={() => void history.refetch()} />
  if (day === null) return <p>{t('app.loading')}</p>
  if (day.days === 0) return <p className="hint">{t('station.noUsualDay')}</p>
  return (
    <>
      <p className="hint">{t('station.usualWhat', { count: day.days })}</p>
      <FigureBody title={t('station.usualDay')} rowName={t('station.at')} at={day.hours} curves={curves} nameOf={hourName} steps={HOURS} digits={0} />
    </>
  )
}
