import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { Prose } from './Prose'

describe('Markdown', () => {
  it('emphasises Korean that a particle follows', () => {
    const { container } = render(<Prose text="**안전모(헬멧)**를 쓰세요." />)
    expect(container.querySelector('strong')?.textContent).toBe('안전모(헬멧)')
  })
  it('loads no image and runs no HTML or script address', () => {
    const { container } = render(<Prose text={'![x](https://elsewhere.example/p.png) <img src=x onerror=alert(1)> [go](javascript:alert(1))'} />)
    expect(container.querySelector('img')).toBeNull()
    expect(screen.getByText('go').getAttribute('href')).toBe('')
  })
  it('opens links apart', () => {
    render(<Prose text="[help](https://example.org/a)" />)
    expect(screen.getByText('help').getAttribute('rel')).toBe('noopener noreferrer')
  })
  it('makes chips of the markers', () => {
    render(<Prose text="쓰세요. [1] [2]" renderMarker={(n) => <button type="button">source {n}</button>} />)
    expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['source 1', 'source 2'])
  })
})
