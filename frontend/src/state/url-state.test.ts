import { describe, expect, it } from 'vitest'
import { formatCamera, parseCamera, parseView } from './url-state'

describe("the view's state in the address", () => {
  it('holds where the map looks', () => {
    const camera = { lat: 37.5401, lon: 126.9902, zoom: 13.2 }
    expect(parseCamera(formatCamera(camera))).toEqual(camera)
  })
  it.each([null, '', '37.5,127', '37.5,127,x', '37.5,127,99', '137,127,10', '37.5,127,10,1'])('is the whole city for %s', (text) => {
    expect(parseCamera(text)).toBeNull()
  })
  it('is bikes, now, grouped, where nothing is said', () => {
    expect(parseView(new URLSearchParams())).toMatchObject({ want: 'bike', minutes: 0, camera: null, isClustered: true, favourites: false })
  })
  it('keeps a moment within the axis', () => {
    expect(parseView(new URLSearchParams('t=900&pins=all&want=dock'))).toMatchObject({ minutes: 60, isClustered: false, want: 'dock' })
  })
})
