// A bot's workflow: steps, and which one follows which.
import { syntaxProblem } from '../json-lines'

export const NODE_TYPES = ['start', 'route', 'rewrite', 'knowledge', 'live', 'llm', 'condition', 'template', 'end'] as const
export type NodeType = (typeof NODE_TYPES)[number]

export interface GraphNode {
  id: string
  type: string
}

export interface GraphEdge {
  from: string
  to: string
  when?: string | null
}

export interface Graph {
  nodes: readonly GraphNode[]
  edges: readonly GraphEdge[]
}

export const isNodeType = (type: string): type is NodeType => (NODE_TYPES as readonly string[]).includes(type)

/** What of a text can be drawn: its nodes with an id, and the edges between them; null where it is no JSON object. */
export function drawableGraph(text: string): Graph | null {
  if (syntaxProblem(text) !== null) return null
  const { nodes, edges } = JSON.parse(text) as Record<string, unknown>
  const drawn = new Map<string, GraphNode>()
  for (const node of rowsOf(nodes)) {
    if (typeof node.id === 'string' && !drawn.has(node.id)) drawn.set(node.id, { id: node.id, type: textOf(node.type) })
  }
  const between = rowsOf(edges).flatMap(({ from, to, when }) =>
    typeof from === 'string' && typeof to === 'string' && drawn.has(from) && drawn.has(to) ? [{ from, to, when: when == null ? null : textOf(when) }] : [],
  )
  return { nodes: [...drawn.values()], edges: between }
}

const rowsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null) : []

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value) ?? '')

/** The path of a node, or of one of its fields, in the JSON of a graph; of the graph's own field where `id` is none. */
export function pathOfNode(text: string, id: string | null, field: string | null): string[] {
  const fields = field === null ? [] : field.split('.')
  if (id === null || syntaxProblem(text) !== null) return fields
  const index = rowsOf((JSON.parse(text) as Record<string, unknown>).nodes).findIndex((node) => node.id === id)
  return index < 0 ? fields : ['nodes', String(index), ...fields]
}
