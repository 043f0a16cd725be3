// A text of JSON with its lines numbered; what is wrong is listed, and leads to its line.
import { useImperativeHandle, useRef, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { LineProblem } from './json-lines'

export interface JsonTextHandle {
  goTo: (line: number) => void
}

interface Props {
  label: string
  value: string
  problems: readonly LineProblem[]
  onChange: (value: string) => void
  ref?: Ref<JsonTextHandle>
}

export function JsonText({ label, value, problems, onChange, ref }: Props) {
  const { t } = useTranslation()
  const frame = useRef<HTMLSpanElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const lines = value.split('\n')
  const atFault = new Set(problems.map(({ line }) => line))
  const goTo = (line: number): void => {
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
    field.current?.focus({ preventScroll: true })
    field.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    const number = frame.current?.querySelectorAll<HTMLElement>('.code-lines > span')[line - 1]
    if (frame.current && number) frame.current.scrollTop = number.offsetTop - frame.current.clientHeight / 3
  }
  useImperativeHandle(ref, () => ({ goTo }))
  return (
    <>
      <label className="field">
        {label}
        <span ref={frame} className="code-frame">
          <span className="code-lines" aria-hidden="true">
            {lines.map((_, index) => <span key={index} className={atFault.has(index + 1) ? 'at-fault' : undefined}>{index + 1}</span>)}
          </span>
          <textarea
            ref={field}
            className="code"
            rows={lines.length}
            wrap="off"
            spellCheck={false}
            value={value}
            aria-invalid={problems.length > 0}
            aria-describedby="json-problems"
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
      </label>
      <ul id="json-problems" className="plain-list" aria-live="polite">
        {problems.map((problem) => (
          <li key={`${String(problem.line)} ${problem.message}`}>
            <button type="button" className="button small quiet none" onClick={() => goTo(problem.line)}>{t('bots.line', { line: problem.line, message: problem.message })}</button>
          </li>
        ))}
      </ul>
    </>
  )
}
