import { describe, expect, it } from 'vitest'
import { drawableGraph, pathOfNode } from './graph'
import { layoutOf, NODE } from './layout'

const graphOf = (nodes: string, edges: readonly string[]) => ({
  nodes: nodes.split(' ').map((id) => ({ id, type: 'llm' })),
  edges: edges.map((edge) => ({ from: edge.slice(0, 1), to: edge.slice(1, 2) })),
})
const placesIn = (graph: ReturnType<typeof graphOf>) => new Map(layoutOf(graph).nodes.map(({ node, x, y }) => [node.id, { x, y }]))

describe('the layout of a workflow', () => {
  it('puts each step below every step that leads to it', () => {
    const graph = graphOf('a b c d', ['ab', 'ac', 'bd', 'cd', 'ad'])
    const places = placesIn(graph)
    const y = (id: string): number => places.get(id)?.y ?? NaN
    for (const { from, to } of graph.edges) expect(y(from)).toBeLessThan(y(to))
    expect(y('b')).toBe(y('c'))
  })
  it('lays no step on another', () => {
    const { nodes, width, height } = layoutOf(graphOf('a b c d e f', ['ab', 'ac', 'ad', 'ae', 'bf', 'af']))
    for (const [index, one] of nodes.entries()) {
      expect(one.x >= 0 && one.x + NODE.width <= width && one.y + NODE.height <= height).toBe(true)
      for (const other of nodes.slice(index + 1)) expect(Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height).toBe(true)
    }
  })
  it('leads a long edge past the steps between, not through them', () => {
    const graph = graphOf('a b c', ['ab', 'bc', 'ac'])
    const between = placesIn(graph).get('b')?.x ?? NaN
    const bend = layoutOf(graph).edges[2]?.points[1]?.x ?? NaN
    expect(bend < between || bend > between + NODE.width).toBe(true)
  })
  it('ends where steps go in circles, or lead to themselves', () => {
    const { edges } = layoutOf(graphOf('a b', ['ab', 'ba', 'aa']))
    expect(edges.map(({ points }) => points.length)).toEqual([2, 4, 4])
  })
  it('is empty for no step', () => {
    expect(layoutOf({ nodes: [], edges: [] }).nodes).toEqual([])
  })
})

describe('a graph being typed', () => {
  it('is drawn as far as it makes sense', () => {
    const text = '{"nodes": [{"id": "a", "type": "start"}, {"id": "a"}, {"type": "end"}, 7], "edges": [{"from": "a", "to": "b"}, {"from": "a", "to": "a", "when": "x"}]}'
    expect(drawableGraph(text)).toEqual({ nodes: [{ id: 'a', type: 'start' }], edges: [{ from: 'a', to: 'a', when: 'x' }] })
    expect(drawableGraph('{"nodes": 3}')).toEqual({ nodes: [], edges: [] })
    expect(drawableGraph('{"nodes": [')).toBeNull()
  })
  it('is searched for the field of a node', () => {
    const text = '{"nodes": [{"id": "a"}, {"id": "b", "passages": 3}]}'
    expect(pathOfNode(text, 'b', 'passages')).toEqual(['nodes', '1', 'passages'])
    expect(pathOfNode(text, 'c', null)).toEqual([])
    expect(pathOfNode(text, null, 'edges.0.to')).toEqual(['edges', '0', 'to'])
  })
})
