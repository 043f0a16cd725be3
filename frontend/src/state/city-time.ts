// Times are the city's local ones everywhere.
export const timeIn = (zone: string, language: string) => {
  const clock = new Intl.DateTimeFormat(language, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const full = new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' })
  return {
    clock: (at: number | string | Date) => clock.format(new Date(at)),
    day: (at: number | string | Date) => day.format(new Date(at)),
    full: (at: number | string | Date) => full.format(new Date(at)),
  }
}
