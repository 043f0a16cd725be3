import { describe, expect, it } from 'vitest'
import type { SourceOut } from '../api/types.gen'
import { passagesOf, piecesOf } from './quotes'

const quote = (text: string, start: number, chunk_id = 'c') => ({ text, start, end: start + text.length, chunk_id })

describe('quoted sentences', () => {
  const passage = { chunk_id: 'c', content: 'One. Two. Three.', start: 100 }
  it('are marked at their place', () => {
    expect(piecesOf(passage, [quote('Two.', 105)])).toEqual([
      { text: 'One. ', isQuoted: false }, { text: 'Two.', isQuoted: true }, { text: ' Three.', isQuoted: false },
    ])
  })
  it('are found where their place is another', () => {
    expect(piecesOf(passage, [quote('Three.', 2)]).at(-1)).toEqual({ text: 'Three.', isQuoted: true })
  })
  it('are not marked where the passage lacks them, or in another passage', () => {
    expect(piecesOf(passage, [quote('Four.', 0), quote('Two.', 105, 'd')])).toEqual([{ text: passage.content, isQuoted: false }])
  })
})

describe('the passages of a source', () => {
  const source: SourceOut = {
    n: 1, type: 'document', chunk_id: 'c', document_id: 'd', title: 'Bells', url: '/a', page: 1, heading: null, content: 'One. Two.', score: 1, start: 0, end: 9,
    quotes: [quote('Two.', 5), quote('Ten.', 905, 'e')],
    further: [{ chunk_id: 'e', url: '/b', page: 7, heading: 'Late', content: 'Nine. Ten.', start: 900, end: 910 }],
  }
  it('are all that are quoted, each with its own marks', () => {
    const shown = passagesOf(source)
    expect(shown.map(({ url, page }) => [url, page])).toEqual([['/a', 1], ['/b', 7]])
    expect(shown.flatMap((passage) => piecesOf(passage, source.quotes)).filter((piece) => piece.isQuoted).map((piece) => piece.text)).toEqual(['Two.', 'Ten.'])
  })
  it('are bare sentences where an older answer kept no more', () => {
    const shown = passagesOf({ ...source, further: [] })
    expect(shown.map((passage) => passage.content)).toEqual(['One. Two.', 'Ten.'])
  })
})
