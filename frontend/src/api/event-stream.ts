// Server-Sent Events read by `fetch`, which unlike `EventSource` can send a bearer token.

export interface StreamEvent {
  id: string | null
  name: string
  data: string
}

/** The events of a body, as they come. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      text += value.replaceAll('\r\n', '\n')
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = parse(text.slice(0, end))
        text = text.slice(end + 2)
        if (event !== null) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

function parse(block: string): StreamEvent | null {
  const event: StreamEvent = { id: null, name: 'message', data: '' }
  const lines: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) continue
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') lines.push(value)
    else if (field === 'event') event.name = value
    else if (field === 'id') event.id = value
  }
  event.data = lines.join('\n')
  return lines.length > 0 ? event : null
}
