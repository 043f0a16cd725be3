// The map's style: outlines of the demo city from a bundled file, and the pins. No tile server, no glyphs: place names
// are drawn from the device's fonts.
import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import outlines from './simulated-seoul.json'

export const STATIONS = 'stations'
export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }
const SIZE: unknown = ['interpolate', ['linear'], ['coalesce', ['get', 'capacity'], 15], 5, 0.84, 15, 0.96, 40, 1.18]

export interface MapLook {
  colour: (token: string) => string
  language: string
  hasClusters: boolean
}

export function mapStyle(look: MapLook): StyleSpecification {
  return {
    version: 8,
    sources: {
      outlines: { type: 'geojson', data: outlines as FeatureCollection, attribution: outlines.attribution },
      [STATIONS]: {
        type: 'geojson',
        data: EMPTY,
        cluster: look.hasClusters,
        clusterRadius: 34,
        clusterMaxZoom: 12,
        clusterProperties: { good: ['+', ['case', ['==', ['get', 'level'], 'good'], 1, 0]] },
      },
      chosen: { type: 'geojson', data: EMPTY },
      here: { type: 'geojson', data: EMPTY },
    },
    layers: [...groundLayers(look), ...stationLayers(look)],
  }
}

function groundLayers({ colour, language }: MapLook): LayerSpecification[] {
  const kind = (name: string) => ['==', ['get', 'kind'], name] as ['==', unknown, string]
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': colour('--sunken') } },
    { id: 'district', type: 'fill', source: 'outlines', filter: kind('district') as never, paint: { 'fill-color': colour('--land') } },
    { id: 'water', type: 'fill', source: 'outlines', filter: kind('water') as never, paint: { 'fill-color': colour('--water') } },
    { id: 'border', type: 'line', source: 'outlines', filter: kind('district') as never, paint: { 'line-color': colour('--district'), 'line-width': 1 } },
    {
      id: 'place',
      type: 'symbol',
      source: 'outlines',
      filter: kind('place') as never,
      layout: {
        'text-field': ['get', language],
        'text-font': ['sans-serif'],
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, 12, 15, 18],
        'text-letter-spacing': 0.06,
      },
      paint: { 'text-color': colour('--ink-soft'), 'text-halo-color': colour('--land'), 'text-halo-width': 1.5 },
    },
  ]
}

function stationLayers({ colour }: MapLook): LayerSpecification[] {
  const isCluster = ['has', 'point_count'] as never
  return [
    {
      id: 'clusters',
      type: 'circle',
      source: STATIONS,
      filter: isCluster,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 15, 60, 26],
        'circle-color': colour('--surface'),
        'circle-stroke-color': colour('--accent'),
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: STATIONS,
      filter: isCluster,
      layout: { 'text-field': ['get', 'point_count_abbreviated'], 'text-font': ['sans-serif'], 'text-size': 14, 'text-allow-overlap': true },
      paint: { 'text-color': colour('--ink') },
    },
    {
      id: 'chosen',
      type: 'circle',
      source: 'chosen',
      paint: { 'circle-radius': 24, 'circle-color': colour('--accent'), 'circle-opacity': 0.28, 'circle-stroke-color': colour('--accent'), 'circle-stroke-width': 2 },
    },
    {
      id: 'pins',
      type: 'symbol',
      source: STATIONS,
      filter: ['!', isCluster],
      layout: {
        'icon-image': ['get', 'pin'],
        'icon-size': SIZE as never,
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'order'],
      },
    },
    {
      id: 'here',
      type: 'circle',
      source: 'here',
      paint: { 'circle-radius': 7, 'circle-color': '#2563eb', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 3 },
    },
  ]
}
