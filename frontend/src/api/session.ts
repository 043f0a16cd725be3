// Who is signed in. Access tokens stay in memory; a member's refresh token is a cookie that no script reads; a guest's
// token is kept in local storage, so that a chat goes on after a refresh of the page.
import { useSyncExternalStore } from 'react'
import type { GuestOut, TokensOut, UserOut } from './types.gen'

const GUEST_KEY = 'pedalcast.guest'
const EARLY_MS = 60_000 // renew a minute before the access token ends

export interface Session {
  state: 'unknown' | 'nobody' | 'guest' | 'member'
  user: UserOut | null
}

let session: Session = { state: 'unknown', user: null }
let access: { token: string; until: number } | null = null
let renewing: Promise<boolean> | null = null
let refusedCsrf: string | null = null // of a sign-in that has ended: not tried again
const listeners = new Set<() => void>()

function become(next: Session): void {
  session = next
  listeners.forEach((listener) => listener())
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    () => session,
  )
}

export const isAdmin = (current: Session): boolean => current.user?.role === 'admin'

function csrfToken(): string | null {
  const cookie = document.cookie.split('; ').find((part) => part.startsWith('pedalcast_csrf='))
  return cookie ? decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)) : null
}

export function guestToken(): string | null {
  return localStorage.getItem(GUEST_KEY)
}

/** Take over the tokens of a sign-in. */
export function signIn(tokens: TokensOut): void {
  access = { token: tokens.access, until: Date.now() + tokens.expires_in * 1000 }
  localStorage.removeItem(GUEST_KEY)
  become({ state: 'member', user: tokens.user })
}

async function renew(): Promise<boolean> {
  const csrf = csrfToken()
  if (csrf === null || csrf === refusedCsrf) return false
  const answer = await fetch('/api/v1/auth/refresh', { method: 'POST', headers: { 'X-CSRF-Token': csrf } })
  if (answer.status === 401 || answer.status === 403) refusedCsrf = csrf
  if (!answer.ok) return false
  signIn((await answer.json()) as TokensOut)
  return true
}

/** Find out who is signed in, from the browser's cookie or the guest's token. */
export async function restore(): Promise<void> {
  const isMember = await renewOnce().catch(() => false)
  if (!isMember) become({ state: guestToken() === null ? 'nobody' : 'guest', user: null })
}

function renewOnce(): Promise<boolean> {
  renewing ??= renew().finally(() => (renewing = null))
  return renewing
}

/** The bearer token to send, null for nobody. Renews a member's before it ends. */
export async function bearer(): Promise<string | null> {
  if (access !== null && access.until - EARLY_MS > Date.now()) return access.token
  if (csrfToken() !== null && (await renewOnce().catch(() => false))) return access?.token ?? null
  return guestToken()
}

/** The bearer token, of a new guest where nobody is signed in. */
export async function bearerOrGuest(): Promise<string> {
  return (await bearer()) ?? (await beginGuest())
}

async function beginGuest(): Promise<string> {
  const answer = await fetch('/api/v1/triple/user', { method: 'POST' })
  if (!answer.ok) throw new Error(`guest refused: ${String(answer.status)}`)
  const guest = (await answer.json()) as GuestOut
  localStorage.setItem(GUEST_KEY, guest.token)
  become({ state: 'guest', user: null })
  return guest.token
}

/** Forget a guest whose session has ended, or a member who signed out. */
export function forget(): void {
  access = null
  localStorage.removeItem(GUEST_KEY)
  become({ state: 'nobody', user: null })
}

export async function signOut(): Promise<void> {
  const token = await bearer()
  const headers: Record<string, string> = { 'X-CSRF-Token': csrfToken() ?? '' }
  if (token !== null) headers.authorization = `Bearer ${token}`
  await fetch('/api/v1/auth/logout', { method: 'POST', headers }).catch(() => undefined)
  forget()
}
