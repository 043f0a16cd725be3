// How the sending of a form ended: what failed, or that it is done. Nothing stands here before and meanwhile.
import type { UseMutationResult } from '@tanstack/react-query'
import { FailureNotice } from './Failure'

interface Props {
  of: Pick<UseMutationResult<unknown, unknown, never>, 'error' | 'isError' | 'isSuccess'>
  done?: string
}

export function FormOutcome({ of: sending, done }: Props) {
  if (sending.isError) return <FailureNotice error={sending.error} />
  if (sending.isSuccess && done !== undefined) return <p className="notice" role="status">{done}</p>
  return null
}
