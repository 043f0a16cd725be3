// Where a source's quoted sentences lie in its passages. A sentence is marked only where it is really found.
import type { FurtherPassageOut, QuoteOut, SourceOut } from '../api/types.gen'

export interface Piece {
  text: string
  isQuoted: boolean
}

type ShownPassage = Pick<FurtherPassageOut, 'chunk_id' | 'url' | 'page' | 'heading' | 'content' | 'start'>

/** The passages of a source's document that are shown: the one it begins with, then every other that is quoted. */
export function passagesOf(source: SourceOut): ShownPassage[] {
  const shown = [{ ...source, heading: source.heading ?? null }, ...(source.further ?? [])]
  const known = new Set(shown.map((passage) => passage.chunk_id))
  return [...shown, ...source.quotes.filter((quote) => !known.has(quote.chunk_id)).map(bareSentence)]
}

/** A quoted sentence as kept with older answers, which lack the passage around it. */
const bareSentence = ({ chunk_id, text, start }: QuoteOut): ShownPassage => ({ chunk_id, url: null, page: null, heading: null, content: text, start })

/** A passage in pieces, quoted and not, in order. */
export function piecesOf({ chunk_id: chunkId, content, start }: Pick<ShownPassage, 'chunk_id' | 'content' | 'start'>, quotes: readonly QuoteOut[]): Piece[] {
  const spans = quotes
    .filter((quote) => quote.chunk_id === chunkId)
    .flatMap((quote) => {
      const at = placeIn(content, quote.text, quote.start - start)
      return at === null ? [] : [{ start: at, end: at + quote.text.length }]
    })
    .sort((a, b) => a.start - b.start)
  const pieces: Piece[] = []
  let end = 0
  for (const span of spans) {
    if (span.end <= end) continue
    const from = Math.max(span.start, end)
    if (from > end) pieces.push({ text: content.slice(end, from), isQuoted: false })
    pieces.push({ text: content.slice(from, span.end), isQuoted: true })
    end = span.end
  }
  if (end < content.length) pieces.push({ text: content.slice(end), isQuoted: false })
  return pieces
}

function placeIn(content: string, sentence: string, expected: number): number | null {
  if (sentence !== '' && content.slice(expected, expected + sentence.length) === sentence) return expected
  const at = sentence === '' ? -1 : content.indexOf(sentence)
  return at < 0 ? null : at
}
