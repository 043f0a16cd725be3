import { describe, expect, it } from 'vitest'
import { ALL_DAYS, ruleOf, weekdayNames, type AlertDraft } from './alert-rules'

const DRAFT: AlertDraft = { stationId: 'ST-4', radius: '', kind: 'docks', threshold: '2', minutes: '30', weekdays: ALL_DAYS, from: '', until: '' }
const PLACE = { lat: 37.5, lon: 127 }

describe('an alert rule', () => {
  it('of one station says nothing of days and hours that are all', () => {
    expect(ruleOf(DRAFT, PLACE)).toEqual({ station_id: 'ST-4', kind: 'docks', threshold: 2, minutes: 30 })
  })
  it('of a neighbourhood lies around the station, on the chosen days and hours', () => {
    expect(ruleOf({ ...DRAFT, radius: '500', weekdays: [1, 5], from: '07:30', until: '09:00' }, PLACE)).toEqual({
      area: { lat: 37.5, lon: 127, radius: 500 }, kind: 'docks', threshold: 2, minutes: 30, weekdays: [1, 5], from_time: '07:30', until_time: '09:00',
    })
  })
  it('names Monday first in both languages', () => {
    expect([weekdayNames('en')[0], weekdayNames('ko')[6]]).toEqual(['Mon', '일'])
  })
})
