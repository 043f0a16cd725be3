import { useTranslation } from 'react-i18next'
import { useStations } from '../api/live'
import { useViewState } from '../state/url-state'
import { WANTS } from '../stations/outlook'
import { Segments } from '../ui/Segments'

/** What the pins tell of: bikes, e-bikes (where the feed knows them) or free docks. */
export function WantSwitch() {
  const { t } = useTranslation()
  const [view, change] = useViewState()
  const hasEbikes = useStations().data?.stations.some((station) => station.ebikes != null) ?? false
  const options = WANTS.filter((want) => want !== 'ebike' || hasEbikes || view.want === 'ebike')
  return (
    <div className="floating">
      <Segments
        label={t('want.label')}
        value={view.want}
        options={options.map((want) => ({ value: want, label: t(`want.${want}`) }))}
        onChange={(want) => change({ want: want === 'bike' ? null : want })}
      />
    </div>
  )
}
