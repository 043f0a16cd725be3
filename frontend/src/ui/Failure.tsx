// What stands where something failed: what happened, and a way on.
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'

interface State {
  error: Error | null
}

/** Catches what a view throws while it is drawn. */
export class Failure extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <div className="column">
        <FailureNotice error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    )
  }
}

interface NoticeProps {
  error: unknown
  onRetry?: (() => void) | undefined
}

export function FailureNotice({ error, onRetry }: NoticeProps) {
  const { t } = useTranslation()
  return (
    <div className="notice bad row between" role="alert">
      <span>{useFailureText(error)}</span>
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          {t('app.retry')}
        </button>
      )}
    </div>
  )
}

/** A failure in a sentence for people. */
export function useFailureText(error: unknown): string {
  const { t, i18n } = useTranslation()
  if (!(error instanceof ApiError)) return t('failure.unexpected')
  const key = `failure.${error.code}`
  if (i18n.exists(key)) return t(key as 'failure.unexpected')
  if (error.status === 0) return t('data.unreachable')
  if (error.status === 429) return t('failure.tooOften', { seconds: error.retryAfter ?? 60 })
  if (error.status === 401 || error.status === 403) return t('failure.notAllowed')
  return error.status >= 500 ? t('failure.service') : error.message
}
