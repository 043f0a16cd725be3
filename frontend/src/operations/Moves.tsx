// Which stations will fail riders, how many bikes to bring or take, and where no bike has left for unusually long.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { ask, getJson } from '../api/client'
import type { Rebalancing, RebalancingMove } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { stationPath } from '../stations/geo'
import { percent } from '../stations/outlook'
import { useDistanceText, useStationName } from '../stations/words'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'
import { saveFile } from '../ui/save-file'
import { Segments } from '../ui/Segments'
import { MovesMap } from './MovesMap'

const PATH = '/api/v1/predict/rebalancing'

export function Moves() {
  const { t } = useTranslation()
  const times = useTimes()
  const nameOfId = useStationName()
  const [params, setParams] = useSearchParams()
  const minutes = params.get('in') === '30' ? '30' : '60'
  const list = useQuery({ queryKey: ['rebalancing', minutes], queryFn: () => getJson<Rebalancing>(`${PATH}?minutes=${minutes}`) })
  const csv = useMutation({ mutationFn: async () => saveFile(await (await ask(`${PATH}?minutes=${minutes}`, { headers: { accept: 'text/csv' } })).blob(), 'rebalancing.csv') })
  if (list.isError) return <FailureNotice error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return <p>{t('app.loading')}</p>
  const { moves, suspected_faults: faults } = list.data
  return (
    <>
      <div className="row between">
        <Segments
          label={t('operations.ahead')}
          value={minutes}
          options={[{ value: '30', label: t('time.ahead', { count: 30 }) }, { value: '60', label: t('time.ahead', { count: 60 }) }]}
          onChange={(value) => setParams(value === '60' ? {} : { in: value }, { replace: true })}
        />
        <button type="button" className="button" disabled={csv.isPending} onClick={() => csv.mutate()}>{t('operations.csv')}</button>
      </div>
      <FormOutcome of={csv} />
      <MovesMap moves={moves} />
      <section className="card scroll-x">
        <h2>{t('operations.moves')}, {times.clock(list.data.at)}</h2>
        {moves.length === 0 ? <p className="hint">{t('app.none')}</p> : <MovesTable moves={moves} />}
      </section>
      <section className="card stack">
        <h2>{t('operations.suspected')}</h2>
        {faults.length === 0 && <p className="hint">{t('app.none')}</p>}
        {faults.map((fault) => (
          <p key={fault.station_id}>
            <Link href={stationPath(fault.station_id)}>{nameOfId(fault.station_id, fault.name)}</Link>: {t('operations.since', { time: times.day(fault.since), count: Math.round(fault.expected) })}
          </p>
        ))}
      </section>
    </>
  )
}

function MovesTable({ moves }: { moves: readonly RebalancingMove[] }) {
  const { t } = useTranslation()
  const distanceText = useDistanceText()
  const nameOfId = useStationName()
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{t('operations.station')}</th>
          <th scope="col">{t('station.now')}</th>
          <th scope="col">{t('operations.riders')}</th>
          <th scope="col">{t('operations.moves')}</th>
          <th scope="col">{t('operations.sources')}</th>
        </tr>
      </thead>
      <tbody>
        {moves.map((move) => (
          <tr key={`${move.station_id}-${move.kind}`}>
            <td><Link href={stationPath(move.station_id)}>{nameOfId(move.station_id, move.name)}</Link></td>
            <td>{move.now ?? '?'} ({percent(move.probability)}%)</td>
            <td>{move.riders.toFixed(1)}</td>
            <td>{t(move.bikes >= 0 ? 'operations.moveBring' : 'operations.moveTake', { count: Math.abs(move.bikes) })}</td>
            <td>{move.sources.map((source) => `${nameOfId(source.station_id, source.name)} (${String(source.bikes)}, ${distanceText(source.distance)})`).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
