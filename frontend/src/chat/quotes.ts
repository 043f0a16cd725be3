// Where a source's quoted sentences lie in its passage. A sentence is marked only where it is really found.
import type { SourceOut } from '../api/types.gen'

export interface Piece {
  text: string
  isQuoted: boolean
}

/** The passage in pieces, quoted and not, in order. */
export function piecesOf(source: Pick<SourceOut, 'content' | 'start' | 'quotes'>): Piece[] {
  const spans = source.quotes
    .flatMap((quote) => {
      const at = placeIn(source.content, quote.text, quote.start - source.start)
      return at === null ? [] : [{ start: at, end: at + quote.text.length }]
    })
    .sort((a, b) => a.start - b.start)
  const pieces: Piece[] = []
  let end = 0
  for (const span of spans) {
    if (span.end <= end) continue
    const start = Math.max(span.start, end)
    if (start > end) pieces.push({ text: source.content.slice(end, start), isQuoted: false })
    pieces.push({ text: source.content.slice(start, span.end), isQuoted: true })
    end = span.end
  }
  if (end < source.content.length) pieces.push({ text: source.content.slice(end), isQuoted: false })
  return pieces
}

function placeIn(content: string, sentence: string, expected: number): number | null {
  if (sentence !== '' && content.slice(expected, expected + sentence.length) === sentence) return expected
  const at = sentence === '' ? -1 : content.indexOf(sentence)
  return at < 0 ? null : at
}
