// A chat as a Markdown file.
import type { Message } from './answer-state'

export function chatAsMarkdown(messages: readonly Message[]): string {
  return messages
    .map((message) => {
      if (message.role === 'user') return `## ${message.content}\n`
      const sources = message.sources.map((source) => `[${String(source.n)}] ${source.title}${source.url === null ? '' : ` <${source.url}>`}`)
      return `${message.content}\n\n${sources.join('  \n')}\n`
    })
    .join('\n')
}

export function exportChat(messages: readonly Message[]): void {
  const url = URL.createObjectURL(new Blob([chatAsMarkdown(messages)], { type: 'text/markdown' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'pedalcast-chat.md'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
