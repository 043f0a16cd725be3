// The map's style: the ground and the pins. No glyphs: names are drawn from the device's fonts.
import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { GROUND, groundOf } from './base-layers'
import type { TileMap } from './use-base-map'

export const STATIONS = 'stations'
export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }
const SIZE: unknown = ['interpolate', ['linear'], ['coalesce', ['get', 'capacity'], 15], 5, 0.84, 15, 0.96, 40, 1.18]

export interface MapLook {
  colour: (token: string) => string
  language: string
  hasClusters: boolean
  isDark: boolean
  baseMap: TileMap | null
}

export function mapStyle(look: MapLook): StyleSpecification {
  const ground = groundOf(look)
  return {
    version: 8,
    sources: {
      [GROUND]: ground.source,
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
    layers: [{ id: 'background', type: 'background', paint: { 'background-color': look.colour('--sunken') } }, ...ground.layers, ...stationLayers(look)],
  }
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
