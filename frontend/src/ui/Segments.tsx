// A choice of one among a few, as a row of buttons.
interface Props<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}

export function Segments<T extends string>({ label, value, options, onChange }: Props<T>) {
  const move = (event: React.KeyboardEvent, index: number): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = options[(index + step + options.length) % options.length]
    if (next === undefined) return
    onChange(next.value)
    const buttons = event.currentTarget.parentElement?.children
    ;(buttons?.[options.indexOf(next)] as HTMLElement | undefined)?.focus()
  }
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          className="button"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)}
          onKeyDown={(event) => move(event, index)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
