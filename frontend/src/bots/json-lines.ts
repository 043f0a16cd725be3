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

/** The line of a member such as `retrieval.passages` in a text that is valid JSON; 1 where it is not in it. */
export function lineOfMember(text: string, path: readonly string[]): number {
  let from = 0
  for (const name of path) {
    const at = text.indexOf(`${JSON.stringify(name)}:`, from)
    if (at < 0) break
    from = at
  }
  return lineAt(text, from)
}
