// A choice among all stations, by name.
import { useTranslation } from 'react-i18next'
import { useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { nameOf } from './geo'

interface Props {
  label: string
  empty: string // what stands there while none is chosen
  value: string
  onChange: (stationId: string) => void
  required?: boolean
}

export function StationSelect({ label, empty, value, onChange, required = false }: Props) {
  useTranslation() // drawn again in another language
  const language = currentLanguage()
  const stations = useStations().data?.stations ?? []
  const named = stations.map((station) => ({ id: station.station_id, name: nameOf(station, language) }))
  named.sort((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))
  return (
    <label className="field">
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)} required={required}>
        <option value="">{empty}</option>
        {named.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  )
}
