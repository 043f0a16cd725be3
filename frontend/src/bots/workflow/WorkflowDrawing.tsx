// A workflow drawn: each step a button that leads to its lines in the JSON, with what came of it in a test run.
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isNodeType, type Graph, type GraphNode } from './graph'
import { layoutOf, NODE, type Point } from './layout'

export interface Visit {
  order: number // from 1
  milliseconds: number
  next: readonly string[]
}

interface Props {
  graph: Graph
  faulty: ReadonlySet<string> // ids of nodes with something wrong
  visits: ReadonlyMap<string, Visit>
  onChoose: (id: string) => void
}

export function WorkflowDrawing({ graph, faulty, visits, onChoose }: Props) {
  const { t } = useTranslation()
  const layout = useMemo(() => layoutOf(graph), [graph])
  const typeText = (type: string): string => (isNodeType(type) ? t(`workflow.type.${type}`) : type)
  const outcome = ({ id, type }: GraphNode): string => {
    const visit = visits.get(id)
    return visit ? `${String(visit.order)}. ${t('workflow.milliseconds', { milliseconds: visit.milliseconds })}` : typeText(type)
  }
  const describe = (node: GraphNode): string => {
    const next = graph.edges.filter((edge) => edge.from === node.id).map(({ to, when }) => (when == null ? to : `${to} (${when})`))
    return [
      `${short(node.id)} ${outcome(node)}`, // what is seen comes first: who speaks to the browser says that
      visits.has(node.id) ? typeText(node.type) : null,
      next.length > 0 ? t('workflow.leadsTo', { nodes: next.join(', ') }) : null,
      faulty.has(node.id) ? t('workflow.faulty') : null,
    ].filter((part) => part !== null).join('. ')
  }
  return (
    <div className="card scroll-x">
      <svg className="workflow" width={layout.width} height={layout.height} viewBox={`0 0 ${String(layout.width)} ${String(layout.height)}`} role="group" aria-label={t('workflow.drawing')}>
        <defs>
          <marker id="workflow-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {layout.edges.map(({ edge, points }, index) => (
          <g key={index} className={visits.get(edge.from)?.next.includes(edge.to) ? 'edge taken' : 'edge'} aria-hidden="true">
            <path d={lineThrough(points)} markerEnd="url(#workflow-arrow)" />
            {edge.when != null && <EdgeLabel points={points} text={edge.when} />}
          </g>
        ))}
        {layout.nodes.map(({ node, x, y }) => {
          const state = faulty.has(node.id) ? ' faulty' : visits.has(node.id) ? ' taken' : ''
          return (
            <g
              key={node.id}
              className={`node${state}`}
              transform={`translate(${String(x)} ${String(y)})`}
              role="button"
              tabIndex={0}
              aria-label={describe(node)}
              onClick={() => onChoose(node.id)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return
                event.preventDefault()
                onChoose(node.id)
              }}
            >
              <rect width={NODE.width} height={NODE.height} rx={10} />
              <text x={NODE.width / 2} y={22} className="name">{short(node.id)}</text>{' '}
              <text x={NODE.width / 2} y={41}>{outcome(node)}</text>
              {faulty.has(node.id) && <text x={NODE.width - 14} y={20} aria-hidden="true">⚠</text>}
            </g>
          )
        })}
      </svg>
    </div>
  )
}

const NAME_LENGTH = 18
const short = (name: string): string => (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name)

const TOWARDS_END = 0.85 // where edges of one node have parted

function EdgeLabel({ points, text }: { points: readonly Point[]; text: string }) {
  const [from, to] = [points[0], points[1]]
  if (!from || !to) return null
  return <text x={from.x + (to.x - from.x) * TOWARDS_END} y={from.y + (to.y - from.y) / 2 + 6}>{short(text)}</text>
}

/** A path that leaves and enters each point downwards, and is straight where it goes straight down, beside or up. */
function lineThrough(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1]
      if (before === undefined) return `M${String(point.x)} ${String(point.y)}`
      if (point.y <= before.y || point.x === before.x) return `L${String(point.x)} ${String(point.y)}`
      const middle = (before.y + point.y) / 2
      return `C${String(before.x)} ${String(middle)} ${String(point.x)} ${String(middle)} ${String(point.x)} ${String(point.y)}`
    })
    .join('')
}
