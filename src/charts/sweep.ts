import type { Sweep } from '../sfp/search/sweep.ts'
import type { Variant } from '../sfp/search/variants.ts'
import type { Figure as Measure } from '../sfp/search/work.ts'
import { binary, type Figure } from './figure.ts'

export interface SweepFigureOptions {
  /** Options on the two axes. Default: the two with the most values. */
  x?: string
  y?: string
  /** What is shown. Default `averageR`. */
  metric?: Measure
}

/**
 * A figure of a sweep over two of its options: each cell the median over all variants that have these two values, so that one lucky
 * variant does not shine. With one option a line.
 *
 * @throws RangeError when an axis is not an option of the sweep
 */
export function sweepFigure(sweep: Sweep, title: string, options: SweepFigureOptions = {}): Figure {
  const { metric = 'averageR' } = options
  const names = Object.keys(sweep.variants[0] ?? {})
  const values = new Map(names.map(name => [name, distinct(sweep.variants, name)]))
  const bySize = [...names].sort((a, b) => values.get(b)!.length - values.get(a)!.length)
  const x = axis(options.x ?? bySize.find(name => name !== options.y), names)
  const second = options.y ?? bySize.find(name => name !== x)
  const subtitle = (rest: number) => ({
    text: `${metric}${rest > 0 ? `; median over ${rest} other option${rest > 1 ? 's' : ''}` : ''}`,
  })
  const layout = {
    height: 420,
    margin: { l: 80, r: 20, t: 70, b: 60 },
    xaxis: { title: { text: x }, type: 'category' },
  }
  if (second === undefined) {
    const xs = values.get(x)!
    return {
      data: [
        {
          type: 'scatter',
          mode: 'lines+markers',
          x: xs.map(label),
          y: xs.map(value => finite(medianOf(sweep, metric, variant => variant[x] === value))),
          line: { color: '#56b4e9' },
          hovertemplate: `${x} %{x}<br>${metric} %{y:.4g}<extra></extra>`,
        },
      ],
      layout: { ...layout, title: { text: title, subtitle: subtitle(0) }, yaxis: { title: { text: metric } } },
    }
  }
  const y = axis(second, names)
  const xs = values.get(x)!
  const ys = values.get(y)!
  const cells = ys.map(own =>
    xs.map(other => medianOf(sweep, metric, variant => variant[x] === other && variant[y] === own)),
  )
  const z = Float64Array.from(cells.flat())
  // A profit factor without a loss is infinite, and no end of a scale.
  const reach = z.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0)
  return {
    data: [
      {
        type: 'heatmap',
        x: xs.map(label),
        y: ys.map(label),
        z: binary(z, [ys.length, xs.length]),
        ...(z.some(value => value < 0)
          ? { zmin: -reach, zmax: reach, colorscale: DIVERGING }
          : { colorscale: 'Viridis' }),
        colorbar: { title: { text: metric } },
        hovertemplate: `${x} %{x}<br>${y} %{y}<br>${metric} %{z:.4g}<extra></extra>`,
      },
    ],
    layout: {
      ...layout,
      title: { text: title, subtitle: subtitle(names.length - 2) },
      yaxis: { title: { text: y }, type: 'category' },
    },
  }
}

/** Orange for losses, blue for gains: told apart without red and green. */
const DIVERGING = [
  [0, '#b35806'],
  [0.25, '#f1a340'],
  [0.5, '#f7f7f7'],
  [0.75, '#67a9cf'],
  [1, '#2166ac'],
]

/** A value of an option in a table or on an axis. */
export function label(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function distinct(variants: readonly Variant[], name: string): unknown[] {
  const values = [...new Set(variants.map(variant => variant[name]))]
  return values.every(value => typeof value === 'number') ? (values as number[]).sort((a, b) => a - b) : values
}

function medianOf(sweep: Sweep, metric: Measure, test: (variant: Variant) => boolean): number {
  const found: number[] = []
  for (const [k, variant] of sweep.variants.entries())
    if (test(variant) && !Number.isNaN(sweep.figure(metric, k))) found.push(sweep.figure(metric, k))
  found.sort((a, b) => a - b)
  const middle = found.length >> 1
  return found.length % 2 === 1 ? found[middle]! : (found[middle - 1]! + found[middle]!) / 2
}

function axis(name: string | undefined, names: readonly string[]): string {
  if (name === undefined || !names.includes(name))
    throw new RangeError(`x, y: ${name}, but the options of the sweep are ${names.join(', ')}`)
  return name
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
