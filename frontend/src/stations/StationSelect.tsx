// A choice among all stations, by typing: a name in either script, or a number.
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStations } from '../api/live'
import { currentLanguage } from '../i18n'
import { matchesQuery, nameOf } from './geo'

const SHOWN = 8

interface Props {
  label: string
  empty: string // what stands there while none is chosen
  value: string
  onChange: (stationId: string) => void
  required?: boolean
}

export function StationSelect({ label, empty, value, onChange, required = false }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const names = useNames()
  const [query, setQuery] = useState<string | null>(null) // null: nobody types, the chosen one's name stands there
  const [active, setActive] = useState(0)
  const found = query === null ? [] : names.filter(({ matches }) => matches(query)).slice(0, SHOWN)
  const write = (text: string | null): void => {
    setQuery(text)
    setActive(0)
  }
  const choose = (stationId: string): void => {
    write(null)
    onChange(stationId)
  }
  const press = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const option = found[active]
    if (step !== undefined) {
      event.preventDefault()
      if (query === null) write('')
      else setActive(Math.min(Math.max(active + step, 0), Math.max(found.length - 1, 0)))
    } else if (event.key === 'Escape') write(null)
    else if (event.key === 'Enter' && query !== null && !event.nativeEvent.isComposing) {
      event.preventDefault() // a station is chosen, the form not sent
      if (option) choose(option.id)
    }
  }
  return (
    <div className="field station-select">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        aria-expanded={query !== null}
        aria-controls={`${id}-options`}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `${id}-${String(active)}` : undefined}
        autoComplete="off"
        placeholder={empty}
        required={required}
        value={query ?? names.find((station) => station.id === value)?.name ?? value}
        onFocus={(event) => event.target.select()}
        onClick={() => query === null && write('')}
        onChange={(event) => write(event.target.value)}
        onKeyDown={press}
        onBlur={() => write(null)}
      />
      <ul id={`${id}-options`} role="listbox" aria-label={label} hidden={query === null}>
        {found.map((option, index) => (
          <li
            key={option.id}
            id={`${id}-${String(index)}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()} // the field keeps the focus
            onClick={() => choose(option.id)}
          >
            {option.name}
          </li>
        ))}
        {found.length === 0 && query !== null && <li className="hint" role="option" aria-disabled="true" aria-selected="false">{t('list.nothing')}</li>}
      </ul>
    </div>
  )
}

interface Named {
  id: string
  name: string
  matches: (query: string) => boolean
}

/** All stations by their names in the page's language. */
function useNames(): Named[] {
  useTranslation() // drawn again in another language
  const language = currentLanguage()
  const stations = useStations().data?.stations
  return useMemo(() => {
    const named = (stations ?? []).map((station) => ({ id: station.station_id, name: nameOf(station, language), matches: (query: string) => matchesQuery(station, query) }))
    return named.sort((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))
  }, [stations, language])
}
