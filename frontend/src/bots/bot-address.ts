export const botPath = (id: string): string => `/bots/${encodeURIComponent(id)}`
