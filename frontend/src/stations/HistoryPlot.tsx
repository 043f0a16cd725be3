// The plot: bikes over the last day, then the expected number with its 80 % range.
import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot, { type AlignedData, type Options } from 'uplot'
import type { ForecastPast, StationForecast, StationPast } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { useIsDark } from '../state/preferences'

const HEIGHT = 190
const TICK = '12px sans-serif'

interface Props {
  past: StationPast
  forecast: StationForecast | undefined
  before: ForecastPast | undefined
  capacity: number | null
}

export default function HistoryPlot({ past, forecast, before, capacity }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  const times = useTimes()
  const clock = useRef(times.clock)
  useEffect(() => {
    clock.current = times.clock
  })
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const options = plotOptions(element.clientWidth, capacity, (at) => clock.current(at * 1000))
    const plot = new uPlot(options, plotData(past, forecast, before), element)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [past, forecast, before, capacity, isDark])
  return <div ref={frame} />
}

const BEFORE = 30 // minutes

/** Columns: time (s), bikes seen, expected, high, low, and what had been expected half an hour before. The forecast
 * starts at the last point seen. */
export function plotData(past: StationPast, forecast: StationForecast | undefined, before?: ForecastPast): AlignedData {
  const expectedBefore = new Map(
    before?.points.map((point) => [Date.parse(point.at) / 1000, point.forecasts.find((earlier) => earlier.minutes === BEFORE)?.bikes ?? null]),
  )
  const at = past.points.map((point) => Date.parse(point.at) / 1000)
  const bikes: (number | null)[] = past.points.map((point) => point.bikes)
  const last = past.points.at(-1)
  const expected: (number | null)[] = at.map((_, index) => (index === at.length - 1 ? (last?.bikes ?? null) : null))
  const high = [...expected]
  const low = [...expected]
  for (const horizon of forecast?.horizons ?? []) {
    const when = Date.parse(horizon.at) / 1000
    if (when <= (at.at(-1) ?? 0)) continue
    at.push(when)
    bikes.push(null)
    expected.push(horizon.bikes)
    high.push(horizon.high)
    low.push(horizon.low)
  }
  return [at, bikes, expected, high, low, at.map((when) => expectedBefore.get(when) ?? null)]
}

function plotOptions(width: number, capacity: number | null, clock: (at: number) => string): Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (token: string): string => style.getPropertyValue(token).trim()
  const accent = colour('--accent')
  const axis = { stroke: colour('--ink-soft'), font: TICK, grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
  return {
    width: Math.max(width, 120),
    height: HEIGHT,
    cursor: { y: false },
    legend: { show: false },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(capacity ?? 0, max ?? 0, 5)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map(clock), space: 64 },
      { ...axis, size: 34, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')) },
    ],
    series: [
      {},
      { stroke: accent, width: 2, points: { show: false } },
      { stroke: accent, width: 2, dash: [5, 4], points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: colour('--few'), width: 1.5, dash: [2, 3], points: { show: false }, spanGaps: true },
    ],
    bands: [{ series: [3, 4], fill: `color-mix(in srgb, ${accent} 26%, transparent)` }],
  }
}
