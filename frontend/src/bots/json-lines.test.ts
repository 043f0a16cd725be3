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
    expect(lineOfMember(TEXT, ['language'])).toBe(1)
  })
})
