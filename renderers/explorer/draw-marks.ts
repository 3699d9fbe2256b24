/** What changes with the weights beside the map itself: clusters, profile and curve, colour bar. */

import { crisp } from '../plot/axes.ts'
import type { Ink } from '../plot/ink.ts'
import type { Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import { percentText, priceTicks, usdText } from '../plot/ticks.ts'
import type { Cluster, Profile } from './clusters.ts'
import type { Stage } from './geometry.ts'
import { type Model, priceAt, rowOf, type Side } from './model.ts'
import { type ColourScale, colourAt, positionOf } from './palette.ts'

/** Height of a cluster's label. */
const LABEL_PX = 16

/** Outlines of the brightest clusters from `from` (px) to the right edge of the plot, with labels where there is room. */
export function drawClusters(
  ink: Ink,
  stage: Stage,
  scales: Scales,
  clusters: readonly Cluster[],
  from: number,
  look: Styles,
): void {
  const { plot } = stage
  const right = plot.left + plot.width
  const bottom = plot.top + plot.height
  const left = Math.max(plot.left, Math.min(from, right - 60))
  const taken: number[] = []
  ink.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    for (const cluster of clusters) {
      const top = scales.y(cluster.high)
      const height = Math.max(3, scales.y(cluster.low) - top)
      if (top > bottom || top + height < plot.top) continue
      // A rim in the colour of the ground, because the outline lies on bright cells.
      for (const [colour, lineWidth] of [
        [look.theme.background, 4],
        [cluster.side === 'long' ? look.long : look.short, 1.5],
      ] as const) {
        ink.strokeStyle = colour
        ink.lineWidth = lineWidth
        ink.strokeRect(crisp(left), crisp(top), Math.round(right - left) - 3, Math.round(height))
      }
      // The middle of what is in sight, with room for the whole label.
      const middle = (Math.max(top, plot.top) + Math.min(top + height, bottom)) / 2
      const y = Math.min(Math.max(middle, plot.top + LABEL_PX / 2 + 1), bottom - LABEL_PX / 2 - 1)
      if (taken.some(other => Math.abs(other - y) < LABEL_PX - 1)) continue
      taken.push(y)
      ink.font = look.font(10.5, 600)
      ink.textBaseline = 'middle'
      ink.textAlign = 'right'
      const label = `${cluster.cut ? '≥ ' : ''}${usdText(cluster.usd)}  ${percentText(cluster.distance, 1)}${cluster.convergence > 1 ? `  ×${cluster.convergence}` : ''}`
      const width = ink.textWidth(label) + 10
      ink.fillStyle = look.theme.background
      ink.globalAlpha = 0.82
      // Before the outline, or inside where that begins at the edge.
      const end = Math.max(left - 3, plot.left + width)
      ink.fillRect(end - width, y - LABEL_PX / 2, width, LABEL_PX)
      ink.globalAlpha = 1
      ink.fillStyle = cluster.side === 'long' ? look.long : look.short
      ink.fillText(label, end - 5, y + 0.5)
    }
  })
}

/** Bars: USD by row. Lines: cumulative from the close. Each has its own scale; both ends are labelled. */
export function drawProfile(
  ink: Ink,
  stage: Stage,
  scales: Scales,
  model: Model,
  profile: Profile,
  close: number,
  shown: readonly Side[],
  look: Styles,
): void {
  const { profile: box } = stage
  if (box.width === 0) return
  const rowFrom = Math.max(0, rowOf(model, scales.price(box.top + box.height)))
  const rowTo = Math.min(model.rows - 1, rowOf(model, scales.price(box.top)))
  let most = 0
  let mostSum = 0
  for (const side of shown) {
    const values = profile[side]
    const sums = sumOf(profile, side)
    for (let row = rowFrom; row <= rowTo; row++) {
      if (values[row]! > most) most = values[row]!
      if (sums[row]! > mostSum) mostSum = sums[row]!
    }
  }
  const inner = box.width - 8
  ink.clipped(box.left, box.top, box.width, box.height, () => {
    if (most > 0)
      for (const side of shown) {
        ink.fillStyle = look[side]
        ink.globalAlpha = 0.55
        ink.beginPath()
        for (let row = rowFrom; row <= rowTo; row++) {
          const value = profile[side][row]!
          if (!(value > 0)) continue
          const top = scales.y(priceAt(model, row + 1))
          ink.rect(box.left + 1, top, (value / most) * inner, Math.max(0.7, scales.y(priceAt(model, row)) - top))
        }
        ink.fill()
        ink.globalAlpha = 1
        const sums = sumOf(profile, side)
        ink.strokeStyle = look[side]
        ink.lineWidth = 1.5
        ink.beginPath()
        const closeRow = rowOf(model, close)
        const [a, b] = side === 'long' ? [rowFrom, Math.min(rowTo, closeRow)] : [Math.max(rowFrom, closeRow), rowTo]
        for (let row = a; row <= b; row++) {
          const x = box.left + 1 + (sums[row]! / mostSum) * inner
          const y = scales.y(priceAt(model, row + 0.5))
          if (row === a) ink.moveTo(x, y)
          else ink.lineTo(x, y)
        }
        ink.stroke()
      }
    const y = crisp(scales.y(close))
    ink.strokeStyle = look.theme.dim
    ink.lineWidth = 1
    ink.setLineDash([3, 3])
    ink.beginPath()
    ink.moveTo(box.left, y)
    ink.lineTo(box.left + box.width, y)
    ink.stroke()
    ink.setLineDash([])
  })
  ink.font = look.font(10)
  ink.fillStyle = look.theme.dim
  ink.textBaseline = 'top'
  ink.textAlign = 'left'
  const foot = box.top + box.height + 7
  ink.fillText('0', box.left + 1, foot)
  ink.textAlign = 'right'
  if (mostSum > 0) ink.fillText(`Σ ${usdText(mostSum)}`, box.left + box.width, foot)
}

const sumOf = (profile: Profile, side: Side) => (side === 'long' ? profile.longSum : profile.shortSum)

const BAR_STEPS = 64

/** A strip of the scale, faintest left, with ticks at round values and the threshold as a notch. */
export function drawColourBar(
  ink: Ink,
  stage: Stage,
  scale: ColourScale,
  palettes: readonly (readonly string[])[],
  look: Styles,
): void {
  const { bar } = stage
  const height = bar.height / palettes.length
  for (const [index, anchors] of palettes.entries())
    for (let i = 0; i < BAR_STEPS; i++) {
      const position = i / (BAR_STEPS - 1)
      const [r, g, b, a] = colourAt(anchors, position)
      ink.fillStyle = `rgba(${r},${g},${b},${position < scale.threshold ? 0 : Math.round(a * 100) / 100})`
      // Whole pixels, so that there are no seams.
      const [from, to] = [i, i + 1].map(step => Math.round(bar.left + (step * bar.width) / BAR_STEPS)) as [
        number,
        number,
      ]
      ink.fillRect(from, bar.top + index * height, to - from, height)
    }
  ink.strokeStyle = look.theme.axis
  ink.lineWidth = 1
  ink.strokeRect(Math.round(bar.left) - 0.5, bar.top - 0.5, Math.round(bar.width) + 1, bar.height + 1)
  ink.font = look.font(10)
  ink.fillStyle = look.theme.dim
  ink.textBaseline = 'top'
  ink.textAlign = 'center'
  let taken = -Infinity
  for (const value of barTicks(scale)) {
    const label = usdText(value)
    const half = ink.textWidth(label) / 2
    const x = bar.left + Math.max(0, positionOf(scale, value)) * bar.width
    if (x - half < taken + 6 || x + half > stage.width) continue
    ink.fillRect(Math.round(x) - 0.5, bar.top + bar.height, 1, 3)
    ink.fillText(label, x, bar.top + bar.height + 5)
    taken = x + half
  }
  ink.textAlign = 'right'
  if (palettes.length < 2) {
    ink.fillText('USD', bar.left - 6, bar.top)
    return
  }
  ink.fillText('USD', bar.left - 16, bar.top + bar.height + 5)
  ink.textBaseline = 'middle'
  for (const [index, side] of (['long', 'short'] as const).entries()) {
    ink.fillStyle = look[side]
    ink.fillText(`${side}s`, bar.left - 6, bar.top + bar.height / 2 + (index === 0 ? -5 : 6))
  }
}

/** 1 and 3 of each decade on a logarithmic scale, round steps on a linear one. */
function barTicks(scale: ColourScale): number[] {
  if (!scale.log) return priceTicks(0, scale.max, 5, false)
  const ticks: number[] = []
  for (let decade = Math.floor(Math.log10(scale.min)); decade <= Math.log10(scale.max); decade++)
    for (const digit of [1, 3]) {
      const value = digit * 10 ** decade
      if (value >= scale.min * 0.999 && value <= scale.max * 1.001) ticks.push(value)
    }
  return ticks
}
