/** Draws what depends on the weights besides the map itself: clusters, profile with cumulative curve, colour bar. */

import { countText, percentText, usdText } from '../../src/common/number-text.ts'
import { crisp } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Box, Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import { TAG_HEIGHT } from '../plot/tag.ts'
import { priceText, priceTicks } from '../plot/ticks.ts'
import type { Cluster, Profile } from './clusters.ts'
import type { Layout } from './geometry.ts'
import { type Model, priceAt, rowAt, type Side } from './model.ts'
import { type ColourScale, colourAt, positionOf } from './palette.ts'

/** Height of a cluster's label. */
const LABEL_PX = 18
/** Length of the line from a label to its cluster. */
const LEADER_PX = 8
/** A label further from its cluster than this would seem to belong to another. */
const MAX_SHIFT_PX = 3 * LABEL_PX
/** Room for the distance in labels. */
const WIDE_PX = 700

/** What is said of a cluster on the map and in the tooltip: USD, distance from the close, and converging tiers. */
export function clusterTexts({ usd, cut, exact, distance, convergence }: Cluster): [usd: string, ...others: string[]] {
  return [
    `${cut ? '≥ ' : exact ? '' : '≈ '}${usdText(usd)}`,
    percentText(distance, 1),
    ...(convergence > 1 ? [`×${convergence}`] : []),
  ]
}

/** What the label of a cluster says: `63,425 · 48.2M ×3`, and where there is room also the distance from the close. */
function labelText(cluster: Cluster, rowHeight: number, wide: boolean): string {
  const [usd, distance, ...others] = clusterTexts(cluster)
  const price = priceText(cluster.peak, cluster.peak * rowHeight)
  return [`${price} · ${usd}`, ...(wide ? [distance] : []), ...others].join('  ')
}

/**
 * Cluster outlines from `from` (px) to the right edge of the plot. Labels move where they would overlap, see
 * {@link placeLabels}; those beyond the plot are counted at its edges, which labels keep off.
 *
 * @param legend at the bottom of the plot, if there is one: labels keep above it
 */
export function drawClusters(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  clusters: readonly Cluster[],
  from: number,
  rowHeight: number,
  styles: Styles,
  legend: Box | null = null,
): void {
  const { plot } = layout
  const right = plot.left + plot.width
  const bottom = plot.top + plot.height
  const left = Math.max(plot.left, Math.min(from, right - 60))
  const wide = plot.width >= WIDE_PX
  const labels: { middle: number; usd: number; cluster: Cluster; text: string; end: number }[] = []
  /** The lowest middle of a label that begins at `x`. */
  const lowest = (x: number): number =>
    (legend && x < legend.left + legend.width ? legend.top : bottom) - LABEL_PX / 2 - 1
  let max = lowest(right)
  const beyond = { above: { count: 0, usd: 0 }, below: { count: 0, usd: 0 } }
  ctx.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    ctx.font = styles.font(12, 600)
    for (const cluster of clusters) {
      const top = scales.y(cluster.high)
      const height = Math.max(3, scales.y(cluster.low) - top)
      if (top > bottom || top + height < plot.top) {
        const edge = top > bottom ? beyond.below : beyond.above
        edge.count++
        edge.usd += cluster.usd
        continue
      }
      // A rim in the background colour makes the outline visible on bright cells.
      for (const [colour, lineWidth] of [
        [styles.theme.background, 4],
        [cluster.side === 'long' ? styles.long : styles.short, 1.5],
      ] as const) {
        ctx.strokeStyle = colour
        ctx.lineWidth = lineWidth
        ctx.strokeRect(crisp(left), crisp(top), Math.round(right - left) - 3, Math.round(height))
      }
      // In the middle of the visible part, so that the whole label fits.
      const middle = (Math.max(top, plot.top) + Math.min(top + height, bottom)) / 2
      const text = labelText(cluster, rowHeight, wide)
      const width = ctx.textWidth(text) + 10
      // Left of the outline, or inside it at the left edge of the plot.
      const end = Math.max(left - LEADER_PX, plot.left + width)
      max = Math.min(max, lowest(end - width))
      labels.push({ middle, usd: cluster.usd, cluster, text, end })
    }
    let min = plot.top + LABEL_PX / 2 + 1
    for (const [name, { count, usd }] of Object.entries(beyond)) {
      if (count === 0) continue
      const isAbove = name === 'above'
      const text = `${isAbove ? '▲' : '▼'} ${wide ? countText(count, 'cluster') : count} ${name}, ${usdText(usd)}`
      ctx.font = styles.font(12)
      const width = ctx.textWidth(text) + 10
      const end = Math.max(left - LEADER_PX, plot.left + width)
      // Above the time of the crosshair.
      const y = isAbove ? min : Math.min(lowest(end - width), bottom - TAG_HEIGHT - LABEL_PX / 2 - 1)
      if (isAbove) min = y + LABEL_PX
      else max = Math.min(max, y - LABEL_PX)
      drawLabel(ctx, text, end, y, styles.theme.foreground, 400, styles)
    }
    for (const { y, middle, cluster, text, end } of placeLabels(labels, min, max)) {
      const colour = cluster.side === 'long' ? styles.long : styles.short
      ctx.strokeStyle = colour
      ctx.lineWidth = 1
      ctx.beginPath()
      ctx.moveTo(end, y)
      ctx.lineTo(left, middle)
      ctx.stroke()
      drawLabel(ctx, text, end, y, colour, 600, styles)
    }
  })
}

/** Text on the background, which lets the cells shine through; it ends at `right`. */
function drawLabel(
  ctx: DrawContext,
  text: string,
  right: number,
  y: number,
  colour: string,
  weight: number,
  styles: Styles,
): void {
  ctx.font = styles.font(12, weight)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'right'
  const width = ctx.textWidth(text) + 10
  ctx.fillStyle = styles.theme.background
  ctx.globalAlpha = styles.theme.highContrast ? 1 : 0.85
  ctx.fillRect(right - width, y - LABEL_PX / 2, width, LABEL_PX)
  ctx.globalAlpha = 1
  ctx.fillStyle = colour
  ctx.fillText(text, right - 5, y + 0.5)
}

/**
 * Places labels without overlaps, in the order of their middles, so that no line crosses another, and as near to them as that
 * allows. Where they would be too far away, the smallest is left out.
 */
export function placeLabels<Label extends { middle: number; usd: number }>(
  labels: readonly Label[],
  min: number,
  max: number,
): (Label & { y: number })[] {
  let kept = labels.toSorted((a, b) => a.middle - b.middle)
  for (;;) {
    // Groups of labels that touch: each label wants the group to begin at its own middle less those above it.
    const groups: { labels: Label[]; start: number }[] = []
    for (const label of kept) {
      let group = { labels: [label], start: clamp(label.middle, min, max) }
      for (
        let above = groups.at(-1);
        above && above.start + above.labels.length * LABEL_PX > group.start;
        above = groups.at(-1)
      ) {
        groups.pop()
        const joined = [...above.labels, ...group.labels]
        const start = joined.reduce((sum, { middle }, i) => sum + middle - i * LABEL_PX, 0) / joined.length
        group = { labels: joined, start: clamp(start, min, Math.max(min, max - (joined.length - 1) * LABEL_PX)) }
      }
      groups.push(group)
    }
    const placed = groups.flatMap(group =>
      group.labels.map((label, i) => ({ ...label, y: group.start + i * LABEL_PX })),
    )
    const far = groups.find(group =>
      group.labels.some(({ middle }, i) => {
        const y = group.start + i * LABEL_PX
        return y > max || Math.abs(y - clamp(middle, min, max)) > MAX_SHIFT_PX
      }),
    )
    if (!far) return placed
    const smallest = far.labels.reduce((a, b) => (b.usd < a.usd ? b : a))
    kept = kept.filter(label => label !== smallest)
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** Bars: USD by row. Lines: cumulative USD from the close. Each has its own scale; both ends are labelled. */
export function drawProfile(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  model: Model,
  profile: Profile,
  close: number,
  sides: readonly Side[],
  styles: Styles,
): void {
  const { profile: box } = layout
  if (box.width === 0) return
  const rowFrom = Math.max(0, rowAt(model, scales.price(box.top + box.height)))
  const rowTo = Math.min(model.rows - 1, rowAt(model, scales.price(box.top)))
  let max = 0
  let maxCumulative = 0
  for (const side of sides) {
    const values = profile[side]
    const cumulative = cumulativeOf(profile, side)
    for (let row = rowFrom; row <= rowTo; row++) {
      if (values[row]! > max) max = values[row]!
      if (cumulative[row]! > maxCumulative) maxCumulative = cumulative[row]!
    }
  }
  const inner = box.width - 8
  ctx.clipped(box.left, box.top, box.width, box.height, () => {
    if (max > 0)
      for (const side of sides) {
        ctx.fillStyle = styles[side]
        ctx.globalAlpha = 0.55
        ctx.beginPath()
        for (let row = rowFrom; row <= rowTo; row++) {
          const value = profile[side][row]!
          if (!(value > 0)) continue
          const top = scales.y(priceAt(model, row + 1))
          ctx.rect(box.left + 1, top, (value / max) * inner, Math.max(0.7, scales.y(priceAt(model, row)) - top))
        }
        ctx.fill()
        ctx.globalAlpha = 1
        const cumulative = cumulativeOf(profile, side)
        ctx.strokeStyle = styles[side]
        ctx.lineWidth = 1.5
        ctx.beginPath()
        const closeRow = rowAt(model, close)
        const [a, b] = side === 'long' ? [rowFrom, Math.min(rowTo, closeRow)] : [Math.max(rowFrom, closeRow), rowTo]
        for (let row = a; row <= b; row++) {
          const x = box.left + 1 + (cumulative[row]! / maxCumulative) * inner
          const y = scales.y(priceAt(model, row + 0.5))
          if (row === a) ctx.moveTo(x, y)
          else ctx.lineTo(x, y)
        }
        ctx.stroke()
      }
    const y = crisp(scales.y(close))
    ctx.strokeStyle = styles.theme.dim
    ctx.lineWidth = 1
    ctx.setLineDash([3, 3])
    ctx.beginPath()
    ctx.moveTo(box.left, y)
    ctx.lineTo(box.left + box.width, y)
    ctx.stroke()
    ctx.setLineDash([])
  })
  ctx.font = styles.font(12)
  ctx.fillStyle = styles.theme.dim
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  const foot = box.top + box.height + 7
  ctx.fillText('0', box.left + 1, foot)
  ctx.textAlign = 'right'
  if (maxCumulative > 0) ctx.fillText(`Σ ${usdText(maxCumulative)}`, box.left + box.width, foot)
}

const cumulativeOf = (profile: Profile, side: Side) => (side === 'long' ? profile.longSum : profile.shortSum)

const BAR_STEPS = 64

/** The colour scale, faintest left, with ticks at round values; below the threshold it is transparent. */
export function drawColourBar(
  ctx: DrawContext,
  layout: Layout,
  scale: ColourScale,
  palettes: readonly (readonly string[])[],
  unit: string,
  styles: Styles,
): void {
  const { bar } = layout
  const height = bar.height / palettes.length
  for (const [index, anchors] of palettes.entries())
    for (let i = 0; i < BAR_STEPS; i++) {
      const position = i / (BAR_STEPS - 1)
      const [r, g, b, a] = colourAt(anchors, position)
      ctx.fillStyle = `rgba(${r},${g},${b},${position < scale.threshold ? 0 : Math.round(a * 100) / 100})`
      // Whole pixels, so that no seams show.
      const edge = (step: number) => Math.round(bar.left + (step * bar.width) / BAR_STEPS)
      ctx.fillRect(edge(i), bar.top + index * height, edge(i + 1) - edge(i), height)
    }
  ctx.strokeStyle = styles.theme.axis
  ctx.lineWidth = 1
  ctx.strokeRect(Math.round(bar.left) - 0.5, bar.top - 0.5, Math.round(bar.width) + 1, bar.height + 1)
  ctx.font = styles.font(12)
  ctx.fillStyle = styles.theme.dim
  ctx.textBaseline = 'top'
  ctx.textAlign = 'center'
  let lastRight = -Infinity
  for (const value of barTicks(scale)) {
    const label = usdText(value)
    const half = ctx.textWidth(label) / 2
    const x = bar.left + Math.max(0, positionOf(scale, value)) * bar.width
    if (x - half < lastRight + 6 || x + half > layout.width) continue
    ctx.fillRect(Math.round(x) - 0.5, bar.top + bar.height, 1, 3)
    ctx.fillText(label, x, bar.top + bar.height + 5)
    lastRight = x + half
  }
  ctx.textAlign = 'right'
  if (palettes.length < 2) {
    ctx.fillText(unit, bar.left - 6, bar.top)
    return
  }
  ctx.fillText(unit, bar.left - 16, bar.top + bar.height + 5)
  ctx.textBaseline = 'middle'
  for (const [index, side] of (['long', 'short'] as const).entries()) {
    ctx.fillStyle = styles[side]
    ctx.fillText(`${side}s`, bar.left - 6, bar.top + bar.height / 2 + (index === 0 ? -5 : 6))
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
