import { describe, expect, it } from 'vitest'
import { lineOfMember, syntaxProblem } from './json-lines'

const TEXT = JSON.stringify({ name: 'Rules', retrieval: { passages: 99 }, passages: 1 }, null, 2)

describe('a fault in JSON', () => {
  it('is found at its line', () => {
    expect(syntaxProblem('{\n  "name": "a",\n  "language" "ko"\n}')?.line).toBe(3)
    expect(syntaxProblem('{\n  "name": "a"')?.line).toBe(2)
  })
  it('is also to be no object', () => {
    expect(syntaxProblem('[]')).not.toBeNull()
    expect(syntaxProblem(TEXT)).toBeNull()
  })
  it('of a value is found by its member', () => {
    expect(lineOfMember(TEXT, ['retrieval', 'passages'])).toBe(4)
    expect(lineOfMember(TEXT, ['retrieval'])).toBe(3)
    expect(lineOfMember(TEXT, ['passages'])).toBe(6)
    expect(lineOfMember(TEXT, ['language'])).toBe(1)
  })
  it('of an entry of a list is found by its place, else at what is around it', () => {
    const graph = JSON.stringify({ 'a "b" \\': '},', nodes: [{ id: 'a', n: -1.5e3 }, { id: 'b', to: [true, null] }], end: {} }, null, 2)
    expect(lineOfMember(graph, ['nodes', '1', 'id'])).toBe(9)
    expect(lineOfMember(graph, ['nodes', '1', 'to', '1'])).toBe(12)
    expect(lineOfMember(graph, ['nodes', '1', 'top_k'])).toBe(8)
    expect(lineOfMember(graph, ['end'])).toBe(16)
  })
})
