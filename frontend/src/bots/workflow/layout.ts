// Where a workflow's nodes and edges are drawn: in layers from top to bottom, each edge going down where it can.
import type { Graph, GraphEdge, GraphNode } from './graph'

export const NODE = { width: 150, height: 54 } as const
const GAP = { x: 26, y: 46 } as const
const BEND_WIDTH = 12 // of the place that an edge keeps free where it passes a layer
const MARGIN = 12
const SWEEPS = 4

export interface Point {
  x: number
  y: number
}

export interface Layout {
  width: number
  height: number
  nodes: readonly { node: GraphNode; x: number; y: number }[] // upper left corners
  edges: readonly { edge: GraphEdge; points: readonly Point[] }[]
}

interface Slot {
  key: string
  width: number
  before: string[] // keys of the slots above that lead here
  x: number
}

export function layoutOf({ nodes, edges }: Graph): Layout {
  const layerOf = layersOf(nodes, edges)
  const layers: Slot[][] = Array.from({ length: Math.max(0, ...layerOf.values()) + 1 }, () => [])
  const slots = new Map<string, Slot>()
  const add = (layer: number, key: string, width: number): Slot => {
    const slot = { key, width, before: [], x: 0 }
    slots.set(key, slot)
    layers[layer]?.push(slot)
    return slot
  }
  for (const { id } of nodes) add(layerOf.get(id) ?? 0, `node ${id}`, NODE.width)
  const bends = edges.map(({ from, to }, index) => {
    const [top, bottom] = [layerOf.get(from) ?? 0, layerOf.get(to) ?? 0]
    const passed = Array.from({ length: Math.max(0, bottom - top - 1) }, (_, step) => add(top + step + 1, `edge ${String(index)} ${String(step)}`, BEND_WIDTH))
    if (bottom > top) chain([`node ${from}`, ...passed.map(({ key }) => key), `node ${to}`], slots)
    return passed.map((slot, step) => ({ slot, layer: top + step + 1 }))
  })
  const width = place(layers, slots)
  const yOf = (layer: number): number => MARGIN + layer * (NODE.height + GAP.y)
  const cornerOf = ({ id }: GraphNode): Point => ({ x: slots.get(`node ${id}`)?.x ?? 0, y: yOf(layerOf.get(id) ?? 0) })
  const corner = new Map(nodes.map((node) => [node.id, cornerOf(node)]))
  return {
    width,
    height: yOf(layers.length) - GAP.y + MARGIN,
    nodes: nodes.map((node) => ({ node, ...(corner.get(node.id) ?? { x: 0, y: 0 }) })),
    edges: edges.map((edge, index) => {
      const [from, to] = [corner.get(edge.from), corner.get(edge.to)]
      if (!from || !to) return { edge, points: [] }
      if (to.y <= from.y) return { edge, points: around(from, to) }
      const middle = NODE.width / 2
      const passed = (bends[index] ?? []).flatMap(({ slot, layer }) => [0, NODE.height].map((depth) => ({ x: slot.x + BEND_WIDTH / 2, y: yOf(layer) + depth })))
      return { edge, points: [{ x: from.x + middle, y: from.y + NODE.height }, ...passed, { x: to.x + middle, y: to.y }] }
    }),
  }
}

function chain(keys: readonly string[], slots: Map<string, Slot>): void {
  keys.slice(1).forEach((key, index) => slots.get(key)?.before.push(keys[index] ?? ''))
}

/** An edge back up, or beside: out at the right of one node, in at the right of the other. */
function around(from: Point, to: Point): Point[] {
  const right = Math.max(from.x, to.x) + NODE.width + GAP.x / 2
  const [start, end] = [from.y + NODE.height / 2, to.y + NODE.height / 2]
  return [{ x: from.x + NODE.width, y: start }, { x: right, y: start }, { x: right, y: end }, { x: to.x + NODE.width, y: end }]
}

/** Each node's layer: one more than the deepest node before it. An edge that closes a circle counts for nothing. */
function layersOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const closing = closingEdges(nodes, edges)
  const layers = new Map<string, number>()
  const layerOf = (id: string): number => {
    const layer = layers.get(id) ?? Math.max(-1, ...edges.filter((edge) => edge.to === id && !closing.has(edge)).map((edge) => layerOf(edge.from))) + 1
    layers.set(id, layer)
    return layer
  }
  nodes.forEach(({ id }) => layerOf(id))
  return layers
}

/** The edges that lead back to a step on the way to them. */
function closingEdges(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Set<GraphEdge> {
  const closing = new Set<GraphEdge>()
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string): void => {
    if (state.has(id)) return
    state.set(id, 'open')
    for (const edge of edges.filter(({ from }) => from === id)) {
      if (state.get(edge.to) === 'open') closing.add(edge)
      else visit(edge.to)
    }
    state.set(id, 'done')
  }
  nodes.forEach(({ id }) => visit(id))
  return closing
}

/** Orders each layer by what leads to it, centres it, and tells the whole width. */
function place(layers: Slot[][], slots: Map<string, Slot>): number {
  const widthOf = (layer: readonly Slot[]): number => layer.reduce((sum, slot) => sum + slot.width + GAP.x, -GAP.x)
  const widest = Math.max(NODE.width, ...layers.map(widthOf))
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of layers) {
      const wanted = new Map(layer.map((slot) => [slot.key, wantedX(slot, slots)]))
      layer.sort((a, b) => (wanted.get(a.key) ?? 0) - (wanted.get(b.key) ?? 0))
      let x = MARGIN + (widest - widthOf(layer)) / 2
      for (const slot of layer) {
        slot.x = x
        x += slot.width + GAP.x
      }
    }
  }
  return widest + 2 * MARGIN + GAP.x
}

function wantedX({ before, x, width }: Slot, slots: Map<string, Slot>): number {
  const middles = before.flatMap((key) => slots.get(key) ?? []).map((slot) => slot.x + slot.width / 2)
  return middles.length === 0 ? x + width / 2 : middles.reduce((sum, middle) => sum + middle, 0) / middles.length
}
