// Where in a text of JSON something is wrong.

export interface LineProblem {
  line: number // from 1
  message: string
}

/** What keeps a text from being a JSON object, null for one. */
export function syntaxProblem(text: string): LineProblem | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : { line: 1, message: '{ … }' }
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure)
    return { line: lineAt(text, positionOf(message, text)), message }
  }
}

/** Engines tell the position of a fault as a number, by line, or not at all (then it is the end of the text). */
function positionOf(message: string, text: string): number {
  const byLine = /line (\d+) column (\d+)/.exec(message)
  if (byLine) return text.split('\n').slice(0, Number(byLine[1]) - 1).join('\n').length + Number(byLine[2])
  return Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

/** The line of a member such as `retrieval.passages` or `nodes.0.type` in a text that is valid JSON; of the nearest
 * one around it where it is not in it. */
export function lineOfMember(text: string, path: readonly string[]): number {
  const offsets = memberOffsets(text)
  for (let length = path.length; length > 0; length--) {
    const offset = offsets.get(path.slice(0, length).join('.'))
    if (offset !== undefined) return lineAt(text, offset)
  }
  return 1
}

/** Where each member and each entry of a list begins in a text that is valid JSON, by its path. */
function memberOffsets(text: string): Map<string, number> {
  const offsets = new Map<string, number>()
  let at = 0
  const skipSpace = (): void => {
    while (/\s/.test(text[at] ?? '-')) at++
  }
  const readString = (): string => {
    const start = at++
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return JSON.parse(text.slice(start, ++at)) as string
  }
  const readAll = (path: string, close: string): void => {
    at++
    skipSpace()
    for (let index = 0; text[at] !== close; index++) {
      const start = at
      const name = close === '}' ? readString() : String(index)
      const inner = path === '' ? name : `${path}.${name}`
      offsets.set(inner, start)
      skipSpace()
      if (close === '}') at++ // the colon
      readValue(inner)
      skipSpace()
      if (text[at] === ',') at++
      skipSpace()
    }
    at++
  }
  const readValue = (path: string): void => {
    skipSpace()
    if (text[at] === '{') readAll(path, '}')
    else if (text[at] === '[') readAll(path, ']')
    else if (text[at] === '"') readString()
    else while (!/[\s,\]}]/.test(text[at] ?? ',')) at++
  }
  readValue('')
  return offsets
}
