import { describe, expect, it } from 'vitest'
import { pageOf, passagePath } from './document-address'

const ID = '0123456789abcdef0123456789abcdef'

describe('the address of a quoted passage', () => {
  it('is a view of the page for an uploaded document, and none for anything else', () => {
    const path = (url: string | null) => passagePath({ url, chunk_id: 'c 1' })
    expect(path(`/api/v1/documents/${ID}/passage?chunk_id=a&quote=b%20c`)).toBe(`/documents/${ID}?chunk_id=a&quote=b%20c`)
    expect(path(`/api/v1/documents/${ID}`)).toBe(`/documents/${ID}?chunk_id=c+1`)
    expect(path('https://example.org/passage?x')).toBeNull()
    expect(path(null)).toBeNull()
  })
  it('names the page of the file', () => {
    expect(pageOf(`/api/v1/documents/${ID}/download#page=12`)).toBe(12)
    expect(pageOf(`/api/v1/documents/${ID}/download`)).toBeNull()
  })
})
