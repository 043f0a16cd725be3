import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import '../i18n'
import { Composer } from './Composer'

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox')
const setUp = () => {
  const onSend = vi.fn<(text: string) => void>()
  render(<Composer isBusy={false} onSend={onSend} onStop={() => undefined} />)
  return onSend
}

describe('Korean input', () => {
  // The events that Chromium sends for 안녕 and Enter, in their order: Enter comes while the syllable is composed.
  it('sends the whole sentence once at one Enter', async () => {
    const onSend = setUp()
    fireEvent.compositionStart(field())
    fireEvent.change(field(), { target: { value: '안녀' } })
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229, isComposing: true })
    fireEvent.change(field(), { target: { value: '안녕' } })
    fireEvent.compositionEnd(field(), { data: '녕' })
    fireEvent.keyUp(field(), { key: 'Enter', keyCode: 13 })
    await vi.waitFor(() => expect(onSend).toHaveBeenCalledTimes(1))
    expect(onSend).toHaveBeenCalledWith('안녕')
    expect(field().value).toBe('')
  })
  // Safari ends the composition first, then sends an Enter whose key code is 229.
  it('does not send a sentence twice when the Enter is repeated', async () => {
    const onSend = setUp()
    fireEvent.compositionStart(field())
    fireEvent.change(field(), { target: { value: '안녕' } })
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229, isComposing: true })
    fireEvent.compositionEnd(field(), { data: '녕' })
    await vi.waitFor(() => expect(onSend).toHaveBeenCalledTimes(1))
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 13 })
    expect(onSend).toHaveBeenCalledTimes(1)
  })
})

describe('plain input', () => {
  it('sends at Enter, not at Shift and Enter, and nothing that is empty', () => {
    const onSend = setUp()
    fireEvent.keyDown(field(), { key: 'Enter' })
    fireEvent.change(field(), { target: { value: ' helmet? ' } })
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })
    expect(onSend).not.toHaveBeenCalled()
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(onSend.mock.calls).toEqual([['helmet?']])
  })
})
