// What this browser remembers: theme, and the favourites of somebody who has no account.
import { useSyncExternalStore } from 'react'

export type Theme = 'auto' | 'light' | 'dark'

const THEME_KEY = 'pedalcast.theme'
const listeners = new Set<() => void>()
const darkMedia = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null

function storedTheme(): Theme {
  const theme = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(THEME_KEY)
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

let theme: Theme = storedTheme()

export const isDark = (): boolean => (theme === 'auto' ? (darkMedia?.matches ?? false) : theme === 'dark')

function apply(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  listeners.forEach((listener) => listener())
}

export function setTheme(next: Theme): void {
  theme = next
  localStorage.setItem(THEME_KEY, next)
  apply()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme)
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)

darkMedia?.addEventListener('change', apply)
apply()
