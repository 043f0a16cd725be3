// The pictures that stand by what an answer quotes; only the service's own are shown.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ask } from '../api/client'
import type { ImageOut } from '../api/types.gen'

const OF_DOCUMENTS = '/api/v1/documents/'

export function Pictures({ images }: { images: readonly ImageOut[] }) {
  const own = images.filter((image) => image.url.startsWith('/api/'))
  if (own.length === 0) return null
  return (
    <p className="row">
      {own.map((image) =>
        image.url.startsWith(OF_DOCUMENTS)
          ? <DocumentPicture key={image.url} image={image} />
          : <img key={image.url} className="picture" src={image.url} alt={image.alt} loading="lazy" />,
      )}
    </p>
  )
}

/** Asked for with the reader's token, which an address alone does not carry. */
function DocumentPicture({ image }: { image: ImageOut }) {
  const content = useQuery({ queryKey: ['picture', image.url], queryFn: async () => (await ask(image.url)).blob(), retry: false }).data
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (content === undefined) return
    const made = URL.createObjectURL(content)
    setUrl(made)
    return () => {
      setUrl(null)
      URL.revokeObjectURL(made)
    }
  }, [content])
  return url === null ? null : <img className="picture" src={url} alt={image.alt} />
}
