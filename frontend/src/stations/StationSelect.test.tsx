import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import '../i18n'
import { StationSelect } from './StationSelect'

const STATIONS = [
  { station_id: 'SIM-12', name: '12. Old mill', names: { ko: '12. 옛 방앗간', en: '12. Old mill' } },
  { station_id: 'SIM-3', name: '3. Harbour', names: { ko: '3. 항구', en: '3. Harbour' } },
]

function setUp(value = '') {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['stations'], { stations: STATIONS })
  const onChange = vi.fn<(id: string) => void>()
  render(
    <QueryClientProvider client={client}>
      <StationSelect label="To which station" empty="Choose" value={value} onChange={onChange} />
    </QueryClientProvider>,
  )
  return onChange
}

const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'To which station' })
const options = () => screen.queryAllByRole('option').map((option) => option.textContent)

describe('choosing a station', () => {
  it('lists them by number at a click, and takes the one clicked', async () => {
    const onChange = setUp()
    await userEvent.click(field())
    expect(options()).toEqual(['3. Harbour', '12. Old mill'])
    await userEvent.click(screen.getByRole('option', { name: '12. Old mill' }))
    expect(onChange).toHaveBeenCalledExactlyOnceWith('SIM-12')
    expect(options()).toEqual([])
  })

  it('finds a name of the other script, and takes it at Enter', async () => {
    const onChange = setUp()
    await userEvent.type(field(), '방앗간{Enter}')
    expect(onChange).toHaveBeenCalledExactlyOnceWith('SIM-12')
  })

  it('goes by the arrow keys', async () => {
    const onChange = setUp()
    await userEvent.type(field(), '{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}{Enter}')
    expect(onChange).toHaveBeenCalledExactlyOnceWith('SIM-3')
  })

  it('shows the chosen one again when what was typed is left', async () => {
    const onChange = setUp('SIM-3')
    await userEvent.type(field(), 'nowhere')
    expect(screen.getByText('No station is called that.')).toBeTruthy()
    await userEvent.tab()
    expect(field().value).toBe('3. Harbour')
    expect(onChange).not.toHaveBeenCalled()
  })
})
