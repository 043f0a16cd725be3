// An upload that tells how far it is; `fetch` cannot.
import { ApiError } from '../api/client'
import { bearer } from '../api/session'
import type { UploadOut } from '../api/types.gen'

interface Refusal {
  error?: string
  message?: string
}

/** Send a file; `tell` gets the share sent, 0 to 1. Raises `ApiError`, with the code "aborted" when `signal` ends it. */
export async function uploadFile(botId: string, file: File, signal: AbortSignal, tell: (share: number) => void): Promise<UploadOut> {
  const token = await bearer()
  const form = new FormData()
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/documents/upload?bot_id=${encodeURIComponent(botId)}`)
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status < 300) return resolve(request.response as UploadOut)
      const { error = 'unexpected', message = request.statusText } = (request.response ?? {}) as Refusal
      reject(new ApiError(request.status, error, message, Number(request.getResponseHeader('retry-after')) || null))
    }
    request.onerror = () => reject(new ApiError(0, 'unreachable', 'The service cannot be reached.'))
    request.onabort = () => reject(new ApiError(0, 'aborted', 'The upload was stopped.'))
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}
