// A chat as a Markdown file.
import { saveFile } from '../ui/save-file'
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

export const exportChat = (messages: readonly Message[]): void => saveFile(new Blob([chatAsMarkdown(messages)], { type: 'text/markdown' }), 'pedalcast-chat.md')
