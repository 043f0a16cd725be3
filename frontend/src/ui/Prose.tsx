// Markdown, safely: no raw HTML, no images from elsewhere, links that open apart. `[1]` becomes a source's chip.
import type { ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkCjkFriendly from 'remark-cjk-friendly'
import remarkGfm from 'remark-gfm'

interface Props {
  text: string
  renderMarker?: (n: number) => ReactNode
}

const CITE = '#cite-'

export function Prose({ text, renderMarker }: Props) {
  const components: Components = {
    img: ({ alt }) => <span>{alt}</span>,
    a: ({ href, children }) => {
      if (renderMarker && href?.startsWith(CITE)) return <>{renderMarker(Number(href.slice(CITE.length)))}</>
      return (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {children}
        </a>
      )
    },
  }
  return (
    <div className="prose">
      <Markdown remarkPlugins={[remarkGfm, remarkCjkFriendly]} components={components}>
        {renderMarker ? linkMarkers(text) : text}
      </Markdown>
    </div>
  )
}

/** `[1]` as a link to `#cite-1`, so that Markdown keeps it. */
export const linkMarkers = (text: string): string => text.replace(/\[(\d{1,3})\](?!\()/g, (_, n: string) => `[${n}](${CITE}${n})`)
