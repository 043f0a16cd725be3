// The layers of the ground: the bundled outlines, pictures from a tile server, or vector tiles of the Protomaps schema.
import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { MapLook } from './map-style'
import outlines from './simulated-seoul.json'

export interface Ground {
  source: SourceSpecification
  layers: LayerSpecification[]
}

export const GROUND = 'ground'
const ON_GROUND = { source: GROUND } as const

/** The source named `ground` and the layers on it. */
export function groundOf(look: MapLook): Ground {
  const { baseMap } = look
  if (baseMap === null) return { source: { type: 'geojson', data: outlines as FeatureCollection, attribution: outlines.attribution }, layers: outlineLayers(look) }
  const attribution = baseMap.attribution
  if (baseMap.isVector) return { source: { type: 'vector', url: baseMap.url, attribution }, layers: vectorLayers(look) }
  const tiles = baseMap.kind === 'pmtiles' ? { url: baseMap.url } : { tiles: [baseMap.url] }
  return { source: { type: 'raster', tileSize: 256, maxzoom: 19, attribution, ...tiles }, layers: pictureLayers(look) }
}

function outlineLayers({ colour, language }: MapLook): LayerSpecification[] {
  const kind = (name: string) => ['==', ['get', 'kind'], name] as never
  return [
    { id: 'district', type: 'fill', ...ON_GROUND, filter: kind('district'), paint: { 'fill-color': colour('--land') } },
    { id: 'water', type: 'fill', ...ON_GROUND, filter: kind('water'), paint: { 'fill-color': colour('--water') } },
    { id: 'border', type: 'line', ...ON_GROUND, filter: kind('district'), paint: { 'line-color': colour('--district'), 'line-width': 1 } },
    {
      id: 'place',
      type: 'symbol',
      ...ON_GROUND,
      filter: kind('place'),
      layout: {
        'text-field': ['get', language],
        'text-font': ['sans-serif'],
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, 12, 15, 18],
        'text-letter-spacing': 0.06,
      },
      paint: labelPaint(colour),
    },
  ]
}

const labelPaint = (colour: MapLook['colour']) => ({ 'text-color': colour('--ink-soft'), 'text-halo-color': colour('--land'), 'text-halo-width': 1.5 })

/** Pictures of a light map are dimmed for the dark theme. */
function pictureLayers({ isDark }: MapLook): LayerSpecification[] {
  const paint = isDark ? { 'raster-brightness-max': 0.55, 'raster-saturation': -0.5 } : { 'raster-saturation': -0.25 }
  return [{ id: 'pictures', type: 'raster', ...ON_GROUND, paint }]
}

function vectorLayers({ colour, language }: MapLook): LayerSpecification[] {
  const width = (far: number, near: number) => ['interpolate', ['exponential', 1.6], ['zoom'], 9, far, 17, near] as never
  return [
    { id: 'earth', type: 'fill', ...ON_GROUND, 'source-layer': 'earth', paint: { 'fill-color': colour('--land') } },
    { id: 'water', type: 'fill', ...ON_GROUND, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour('--water') } },
    { id: 'stream', type: 'line', ...ON_GROUND, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour('--water'), 'line-width': width(0.5, 3) } },
    { id: 'buildings', type: 'fill', ...ON_GROUND, 'source-layer': 'buildings', minzoom: 14, paint: { 'fill-color': colour('--sunken') } },
    { id: 'roads', type: 'line', ...ON_GROUND, 'source-layer': 'roads', paint: { 'line-color': colour('--district'), 'line-width': width(0.3, 5) } },
    { id: 'boundaries', type: 'line', ...ON_GROUND, 'source-layer': 'boundaries', paint: { 'line-color': colour('--off'), 'line-dasharray': [3, 2], 'line-width': 0.8 } },
    {
      id: 'places',
      type: 'symbol',
      ...ON_GROUND,
      'source-layer': 'places',
      layout: { 'text-field': ['coalesce', ['get', `name:${language}`], ['get', 'name']], 'text-font': ['sans-serif'], 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 15, 16] },
      paint: labelPaint(colour),
    },
  ]
}
