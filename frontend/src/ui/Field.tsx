// A labelled input of a form.
import type { InputHTMLAttributes } from 'react'

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: string
  hint?: string
  value: string
  onChange: (value: string) => void
}

export function Field({ label, hint, onChange, ...input }: Props) {
  return (
    <label className="field">
      {label}
      <input {...input} onChange={(event) => onChange(event.target.value)} />
      {hint !== undefined && <span className="hint">{hint}</span>}
    </label>
  )
}
