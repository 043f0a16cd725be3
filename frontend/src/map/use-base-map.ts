// What lies under the pins: tiles by the operator's setting, or the outlines that the page brings along.
import { addProtocol } from 'maplibre-gl'
import { useEffect, useState } from 'react'
import { pageSettings } from '../api/page-settings'
import type { BaseMap } from '../api/types.gen'

/** Tiles that can be drawn. `isVector` tells PMTiles of the Protomaps schema from those of pictures. */
export interface TileMap extends BaseMap {
  isVector: boolean
}

let asked: Promise<TileMap | null> | null = null

/** The base map: undefined while it is asked for, null where there is none or its file cannot be read. */
export function useBaseMap(): TileMap | null | undefined {
  const [baseMap, setBaseMap] = useState<TileMap | null | undefined>(undefined)
  useEffect(() => {
    let isHere = true
    asked ??= load().catch(() => null)
    void asked.then((answer) => isHere && setBaseMap(answer))
    return () => {
      isHere = false
    }
  }, [])
  return baseMap
}

async function load(): Promise<TileMap | null> {
  const { base_map: tiles } = await pageSettings()
  if (tiles === null || tiles === undefined) return null
  return tiles.kind === 'raster' ? { ...tiles, isVector: false } : openPmtiles(tiles)
}

async function openPmtiles(tiles: BaseMap): Promise<TileMap> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles')
  const url = new URL(tiles.url, location.href).href
  const archive = new PMTiles(url)
  const { tileType } = await archive.getHeader()
  const protocol = new Protocol()
  protocol.add(archive)
  addProtocol('pmtiles', protocol.tile)
  return { ...tiles, url: `pmtiles://${url}`, isVector: tileType === TileType.Mvt }
}
