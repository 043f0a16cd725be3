// Pins as images: a shape and a colour for each level, the label inside. Drawn when the map first asks for one, so that
// labels come from the device's own fonts.
import type { Level } from '../stations/outlook'

const RATIO = 2
const COLOURS: Record<Level, string> = { good: '--good', few: '--few', none: '--none', unknown: '--off', off: '--off' }

/** The name of a pin's image; `drawPin` understands it. */
export function pinName(level: Level, label: string, isDark: boolean, isFaded: boolean): string {
  return ['pin', isDark ? 'dark' : 'light', isFaded ? 'old' : 'new', level, label].join('|')
}

export interface PinImage {
  image: ImageData
  pixelRatio: number
}

/** The image of a name that `pinName` or a cluster made; null for any other name. */
export function drawPin(name: string): PinImage | null {
  const [kind, , age, level, label] = name.split('|')
  if (kind !== 'pin' || level === undefined || label === undefined) return null
  const wide = label.length > 2
  const size = wide ? 36 : 30
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = (size + 4) * RATIO
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return null
  context.scale(RATIO, RATIO)
  context.translate(2, 2)
  context.globalAlpha = age === 'old' ? 0.6 : 1
  drawShape(context, level as Level, size)
  drawLabel(context, level as Level, label, size)
  return { image: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: RATIO }
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function drawShape(context: CanvasRenderingContext2D, level: Level, size: number): void {
  const half = size / 2
  const isHollow = level === 'unknown' || level === 'off'
  context.fillStyle = isHollow ? token('--surface') : token(COLOURS[level])
  context.strokeStyle = isHollow ? token('--off') : token('--surface')
  context.lineWidth = 2
  context.setLineDash(level === 'unknown' ? [4, 3] : [])
  context.fill(shapePath(level, half, half))
  context.stroke(shapePath(level, half, half))
}

/** A circle for good, a rounded diamond for few, a rounded square for none; small circles for unknown and off. */
export function shapePath(level: Level, centre: number, half: number): Path2D {
  const path = new Path2D()
  if (level === 'few') {
    const r = half - 0.5
    path.moveTo(centre - 4, centre - r + 4)
    path.quadraticCurveTo(centre, centre - r, centre + 4, centre - r + 4)
    path.lineTo(centre + r - 4, centre - 4)
    path.quadraticCurveTo(centre + r, centre, centre + r - 4, centre + 4)
    path.lineTo(centre + 4, centre + r - 4)
    path.quadraticCurveTo(centre, centre + r, centre - 4, centre + r - 4)
    path.lineTo(centre - r + 4, centre + 4)
    path.quadraticCurveTo(centre - r, centre, centre - r + 4, centre - 4)
    path.closePath()
  } else if (level === 'none') {
    const side = half * 1.6
    path.roundRect(centre - side / 2, centre - side / 2, side, side, 5)
  } else {
    path.arc(centre, centre, level === 'good' ? half - 1 : half * 0.72, 0, Math.PI * 2)
  }
  return path
}

function drawLabel(context: CanvasRenderingContext2D, level: Level, label: string, size: number): void {
  const half = size / 2
  if (level === 'off') {
    context.strokeStyle = token('--off')
    context.beginPath()
    context.moveTo(half - 5, half + 5)
    context.lineTo(half + 5, half - 5)
    context.stroke()
    return
  }
  context.fillStyle = level === 'unknown' ? token('--ink-soft') : token('--pin-ink')
  context.font = `700 ${label.length > 3 ? '10.5' : label.length > 2 ? '12' : '14'}px ${getComputedStyle(document.body).fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(label, half, half + 0.5)
}
