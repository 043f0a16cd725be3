import { describe, expect, it } from 'vitest'
import { piecesOf } from './quotes'

const quote = (text: string, start: number) => ({ text, start, end: start + text.length, chunk_id: 'c' })

describe('quoted sentences', () => {
  const content = 'One. Two. Three.'
  it('are marked at their place', () => {
    expect(piecesOf({ content, start: 100, quotes: [quote('Two.', 105)] })).toEqual([
      { text: 'One. ', isQuoted: false }, { text: 'Two.', isQuoted: true }, { text: ' Three.', isQuoted: false },
    ])
  })
  it('are found where their place is another', () => {
    expect(piecesOf({ content, start: 0, quotes: [quote('Three.', 2)] }).at(-1)).toEqual({ text: 'Three.', isQuoted: true })
  })
  it('are not marked where the passage lacks them', () => {
    expect(piecesOf({ content, start: 0, quotes: [quote('Four.', 0)] })).toEqual([{ text: content, isQuoted: false }])
  })
})
