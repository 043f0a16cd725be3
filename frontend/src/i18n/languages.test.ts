import { describe, expect, it } from 'vitest'
import en from './en.json'
import ko from './ko.json'

function texts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  return new Map(Object.entries(value as object).flatMap(([key, inner]) => [...texts(inner, `${path}.${key}`)]))
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([match]) => match).sort()

describe('the two languages', () => {
  const [english, korean] = [texts(en), texts(ko)]
  it('say the same things', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort())
  })
  it('fill in the same values', () => {
    for (const [key, text] of english) expect([key, placeholders(korean.get(key) ?? '')]).toEqual([key, placeholders(text)])
  })
})
