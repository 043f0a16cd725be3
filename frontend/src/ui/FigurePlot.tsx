// Curves over one axis, drawn by uPlot in the theme's colours.
import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot, { type AlignedData, type Options } from 'uplot'
import { useIsDark } from '../state/preferences'

const HEIGHT = 190
const TICK = '12px sans-serif'

export interface Curve {
  label: string
  token: '--accent' | '--few' | '--none' // a colour of the theme
  values: readonly (number | null)[]
  isDashed?: boolean
}

interface Props {
  at: readonly number[]
  curves: readonly Curve[]
  nameOf: (at: number) => string
  steps: readonly number[] // distances that ticks of the horizontal axis may have
}

export default function FigurePlot({ at, curves, nameOf, steps }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  const names = useRef(nameOf)
  useEffect(() => {
    names.current = nameOf
  })
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const data = [[...at], ...curves.map((curve) => [...curve.values])] as AlignedData
    const plot = new uPlot(optionsOf(element.clientWidth, curves, steps, (when) => names.current(when)), data, element)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [at, curves, steps, isDark])
  return <div ref={frame} />
}

function optionsOf(width: number, curves: readonly Curve[], steps: readonly number[], nameOf: (at: number) => string): Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (token: string): string => style.getPropertyValue(token).trim()
  const axis = { stroke: colour('--ink-soft'), font: TICK, grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
  return {
    width: Math.max(width, 120),
    height: HEIGHT,
    cursor: { y: false },
    legend: { show: false },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low), Math.max(high, 0) * 1.08 || 1] } },
    axes: [{ ...axis, values: (_, ticks) => ticks.map(nameOf), incrs: [...steps], space: 56 }, { ...axis, size: 48 }],
    series: [
      {},
      ...curves.map((curve) => ({
        stroke: colour(curve.token),
        width: 2,
        points: { show: curve.values.length < 30, size: 5 },
        ...(curve.isDashed ? { dash: [5, 4] } : {}),
      })),
    ],
  }
}
