import { describe, expect, it } from 'vitest'
import { groundOf } from './base-layers'
import type { MapLook } from './map-style'

const look = (baseMap: MapLook['baseMap']): MapLook => ({ colour: () => '#000000', language: 'ko', hasClusters: false, isDark: false, baseMap })

describe('the ground under the pins', () => {
  it('is what the page brings along where no tiles are set', () => {
    expect(groundOf(look(null)).source.type).toBe('geojson')
  })
  it('is pictures by template or from an archive', () => {
    const url = 'https://tiles.example/{z}/{x}/{y}.png'
    expect(groundOf(look({ kind: 'raster', url, attribution: 'a', isVector: false })).source).toMatchObject({ type: 'raster', tiles: [url], attribution: 'a' })
    expect(groundOf(look({ kind: 'pmtiles', url: 'pmtiles://x', attribution: '', isVector: false })).source).toMatchObject({ type: 'raster', url: 'pmtiles://x' })
  })
  it('is drawn from vector tiles, with names in the language of the page', () => {
    const ground = groundOf(look({ kind: 'pmtiles', url: 'pmtiles://x', attribution: '', isVector: true }))
    expect(ground.source.type).toBe('vector')
    expect(JSON.stringify(ground.layers.find((layer) => layer.id === 'places')?.layout)).toContain('name:ko')
  })
})
