// Whether alerts are shown as the browser's notifications, and the showing of them.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { ask } from '../api/client'
import { eventsOf } from '../api/event-stream'
import { useSession } from '../api/session'
import type { NotificationView } from '../api/types.gen'
import { currentLanguage } from '../i18n'

const KEY = 'pedalcast.notify'
const AGAIN_MS = 15_000
const listeners = new Set<() => void>()

const isNotifying = (): boolean => localStorage.getItem(KEY) === 'on' && 'Notification' in window && Notification.permission === 'granted'

export function setNotifying(isOn: boolean): void {
  if (isOn) localStorage.setItem(KEY, 'on')
  else localStorage.removeItem(KEY)
  listeners.forEach((listener) => listener())
}

export const useIsNotifying = (): boolean =>
  useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    isNotifying,
  )

/** Show what the caller is told, also while the page is not in sight. */
export function useNotifications(): void {
  const isOn = useIsNotifying()
  const { state } = useSession()
  const isKnown = state === 'member' || state === 'guest'
  const client = useQueryClient()
  useEffect(() => {
    if (!isOn || !isKnown) return
    const controller = new AbortController()
    void follow(controller.signal, (told) => {
      void client.invalidateQueries({ queryKey: ['notifications'] })
      void show(told)
    })
    return () => controller.abort()
  }, [isOn, isKnown, client])
}

async function follow(signal: AbortSignal, tell: (told: NotificationView) => void): Promise<void> {
  let lastId: string | null = null
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId }
      const { body } = await ask('/api/v1/notifications/events', { headers, signal })
      for await (const event of body === null ? [] : eventsOf(body)) {
        lastId = event.id ?? lastId
        if (event.id !== null) tell(JSON.parse(event.data) as NotificationView)
      }
    } catch {
      if (signal.aborted) return
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

/** By the service worker where there is one: phones allow no other way. */
async function show(told: NotificationView): Promise<void> {
  const options = { body: told.text[currentLanguage()] ?? '', tag: `pedalcast-${String(told.id)}`, icon: '/icon-192.png' }
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  if (worker) await worker.showNotification('Pedalcast', options)
  else new Notification('Pedalcast', options)
}
