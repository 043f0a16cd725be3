import { describe, expect, it } from 'vitest'
import { ApiError } from '../api/client'
import { beginAnswer, isStillOpening, openingAnswer, withEvent, type Progress } from './answer-state'

const event = (name: string, data: object, id = '1-0') => ({ name, data: JSON.stringify(data), id })
const after = (...events: ReturnType<typeof event>[]): Progress => events.reduce(withEvent, beginAnswer())

describe('an answer as it comes', () => {
  it('grows by its tokens, and knows its session and message', () => {
    const progress = after(event('start', { session_id: 3, message_id: 8 }), event('token', { text: 'Yes' }), event('token', { text: ', do.' }, '2-0'))
    expect(progress).toMatchObject({ sessionId: 3, lastEventId: '2-0', hasEnded: false })
    expect(progress.answer).toMatchObject({ id: 8, content: 'Yes, do.', state: 'pending' })
  })
  it('starts over when what was shown is taken back', () => {
    expect(after(event('token', { text: 'Wrong' }), event('metadata', { restart: true }), event('token', { text: 'Right' })).answer.content).toBe('Right')
  })
  it('is what the last event says', () => {
    expect(after(event('token', { text: 'Y' }), event('done', { response: 'Yes. [1]', sources: [{ n: 1 }] }))).toMatchObject({
      hasEnded: true, answer: { content: 'Yes. [1]', sources: [{ n: 1 }], state: 'complete' },
    })
  })
  it('keeps what was written when it is stopped or fails', () => {
    expect(after(event('token', { text: 'Y' }), event('stopped', { error: 'stopped' })).answer).toMatchObject({ content: 'Y', state: 'partial' })
    expect(after(event('error', { error: 'redis_unavailable' })).answer.failure).toBe('redis_unavailable')
  })
})

describe('a chat that is still opening', () => {
  it('is told from other failures, and the answer says why it waits', () => {
    expect(isStillOpening(new ApiError(503, 'warming_up', '', 3))).toBe(true)
    expect(isStillOpening(new ApiError(503, 'chat_unavailable', '', 60))).toBe(false)
    expect(openingAnswer(beginAnswer()).answer).toMatchObject({ state: 'pending', failure: 'warming_up' })
  })
})
