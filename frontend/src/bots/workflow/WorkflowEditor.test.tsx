import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import '../../i18n'
import type { BotOut } from '../../api/types.gen'
import WorkflowEditor from './WorkflowEditor'

const GRAPH = {
  version: 1,
  nodes: [{ id: 'begin', type: 'start' }, { id: 'books', type: 'knowledge', passages: 8 }, { id: 'stop', type: 'end' }],
  edges: [{ from: 'begin', to: 'books' }, { from: 'books', to: 'stop' }],
}
const TRACE = [
  { node: 'begin', type: 'start', milliseconds: 0.2, outcome: '', next: ['books'] },
  { node: 'books', type: 'knowledge', milliseconds: 12.4, outcome: '3 passages', next: ['stop'] },
]
const answers = new Map<string, [number, unknown]>()
const sent: [string, unknown][] = []
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: /JSON/ })
const question = () => screen.getByRole<HTMLInputElement>('textbox', { name: /question|질문/ })
const submit = (input: HTMLInputElement | HTMLTextAreaElement) => fireEvent.submit(input.form ?? input)
const step = (name: RegExp) => within(screen.getByRole('group')).getByRole('button', { name })

beforeEach(() => {
  sent.length = 0
  answers.clear()
  answers.set('GET draft', [200, { origin: 'own', which: 'draft', graph: GRAPH }])
  answers.set('GET examples', [200, { data: { Short: { ...GRAPH, nodes: GRAPH.nodes.slice(0, 1), edges: [] } } }])
  vi.stubGlobal('fetch', (url: string, { method = 'GET', body }: RequestInit = {}) => {
    const key = `${method} ${/(draft|examples|run|workflow)$/.exec(url)?.[1] ?? url}`
    if (method !== 'GET') sent.push([key, typeof body === 'string' ? JSON.parse(body) : null])
    const [status, content] = answers.get(key) ?? [404, {}]
    return Promise.resolve(new Response(JSON.stringify(content), { status }))
  })
})

const open = async (): Promise<void> => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <WorkflowEditor bot={{ id: 'b', version: 1 } as BotOut} onChanged={() => Promise.resolve()} />
    </QueryClientProvider>,
  )
  await screen.findByRole('group')
}

describe('a workflow', () => {
  it('is drawn, and each step leads to its line', async () => {
    await open()
    fireEvent.click(step(/^books /))
    expect(field().value.slice(field().selectionStart, field().selectionEnd)).toContain('"id": "books"')
    fireEvent.keyDown(step(/^begin .*books/), { key: 'Enter' })
    expect(field().value.slice(field().selectionStart, field().selectionEnd)).toContain('"id": "begin"')
  })
  it('says what the service refuses at the line of the field, and in the drawing', async () => {
    answers.set('PUT workflow', [422, { error: 'validation', errors: [{ node: 'books', field: 'passages', code: 'range', message: 'at most 20' }] }])
    await open()
    submit(field())
    const line = field().value.split('\n').findIndex((text) => text.includes('"passages"')) + 1
    await screen.findByRole('button', { name: new RegExp(`${String(line)}.*books\\.passages: at most 20`) })
    expect(step(/^books /).getAttribute('class')).toContain('faulty')
    fireEvent.change(field(), { target: { value: '{"nodes": [' } })
    expect(screen.queryByRole('group')).toBeNull()
    expect(screen.queryByText(/at most 20/)).toBeNull()
  })
  it('is tried as it stands in the text, and the way taken is marked', async () => {
    answers.set('POST run', [200, { answer: 'A flat.', sources: [], trace: TRACE, milliseconds: 13 }])
    await open()
    fireEvent.change(question(), { target: { value: 'Which note?' } })
    submit(question())
    await screen.findByText('A flat.')
    expect(sent).toEqual([['POST run', { question: 'Which note?', graph: GRAPH }]])
    expect(step(/^books /).getAttribute('class')).toContain('taken')
    expect(step(/^stop /).getAttribute('class')).not.toContain('taken')
  })
  it('begins with an example, and goes back to the usual one', async () => {
    answers.set('DELETE workflow', [200, {}])
    await open()
    fireEvent.change(await screen.findByRole('combobox'), { target: { value: 'Short' } })
    await waitFor(() => expect(within(screen.getByRole('group')).getAllByRole('button')).toHaveLength(1))
    fireEvent.click(screen.getByRole('button', { name: /usual|기본/ }))
    await waitFor(() => expect(sent.map(([key]) => key)).toEqual(['DELETE workflow']))
  })
})
