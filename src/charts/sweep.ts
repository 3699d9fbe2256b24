/** The figure of a sweep over two of its options. */
import { defineOptions, invalidOption, listWords, oneOf, option, optional, valueThat } from '../common/options.ts'
import { METRICS, type Metric } from '../sfp/search/run-variant.ts'
import type { Sweep } from '../sfp/search/sweep.ts'
import type { Variant } from '../sfp/search/variants.ts'
import { binary, type Figure } from './figure.ts'

export interface SweepFigureOptions {
  /** Options on the two axes. Default: the two with the most values. */
  x?: string
  y?: string
  /** Metric to show. Default `averageR`. */
  metric?: Metric
}

const CALLER = 'sweep.figure'
const optionName = valueThat('the name of an option', value => typeof value === 'string')

const figureOptions = defineOptions<SweepFigureOptions, 'x' | 'y'>(CALLER, {
  x: optional(optionName),
  y: optional(optionName),
  metric: option('averageR', oneOf(...METRICS)),
})

/**
 * A heatmap over two options of a sweep; with one option a line. Each cell is the median over all variants with its two
 * values, so that a single lucky variant does not stand out.
 *
 * @throws OptionError when an axis is not an option of the sweep
 */
export function sweepFigure(sweep: Sweep, title: string, options: SweepFigureOptions = {}): Figure {
  const { metric, ...axes } = figureOptions.resolve(options)
  const values = valuesByOption(sweep)
  const names = [...values.keys()].sort((a, b) => valuesOf(b).length - valuesOf(a).length)
  function valuesOf(name: string): readonly unknown[] {
    return values.get(name) ?? []
  }
  for (const [axis, name] of Object.entries(axes))
    if (name !== undefined && !values.has(name)) throw invalidOption(CALLER, axis, name, listWords([...values.keys()]))
  const x = axes.x ?? names.find(name => name !== axes.y)
  if (x === undefined) throw invalidOption(CALLER, 'x', x, listWords([...values.keys()]))
  const y = axes.y ?? names.find(name => name !== x)
  const subtitle = (others: number) => ({
    text: `${metric}${others > 0 ? `; median over ${others} other option${others > 1 ? 's' : ''}` : ''}`,
  })
  const layout = {
    height: 420,
    margin: { l: 80, r: 20, t: 70, b: 60 },
    xaxis: { title: { text: x }, type: 'category' },
  }
  const xs = valuesOf(x)
  if (y === undefined) {
    return {
      data: [
        {
          type: 'scatter',
          mode: 'lines+markers',
          x: xs.map(valueLabel),
          y: xs.map(value => finiteOrNull(medianOf(sweep, metric, variant => variant[x] === value))),
          line: { color: '#56b4e9' },
          hovertemplate: `${x} %{x}<br>${metric} %{y:.4g}<extra></extra>`,
        },
      ],
      layout: { ...layout, title: { text: title, subtitle: subtitle(0) }, yaxis: { title: { text: metric } } },
    }
  }
  const ys = valuesOf(y)
  const cells = ys.map(yValue =>
    xs.map(xValue => medianOf(sweep, metric, variant => variant[x] === xValue && variant[y] === yValue)),
  )
  const z = Float64Array.from(cells.flat())
  // Without losses a profit factor is infinite, which is no end for a colour scale.
  const limit = z.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max), 0)
  return {
    data: [
      {
        type: 'heatmap',
        x: xs.map(valueLabel),
        y: ys.map(valueLabel),
        z: binary(z, [ys.length, xs.length]),
        ...(z.some(value => value < 0)
          ? { zmin: -limit, zmax: limit, colorscale: DIVERGING }
          : { colorscale: 'Viridis' }),
        colorbar: { title: { text: metric } },
        hovertemplate: `${x} %{x}<br>${y} %{y}<br>${metric} %{z:.4g}<extra></extra>`,
      },
    ],
    layout: {
      ...layout,
      title: { text: title, subtitle: subtitle(values.size - 2) },
      yaxis: { title: { text: y }, type: 'category' },
    },
  }
}

/** Orange for losses, blue for gains: distinguishable without red and green. */
export const DIVERGING = [
  [0, '#b35806'],
  [0.25, '#f1a340'],
  [0.5, '#f7f7f7'],
  [0.75, '#67a9cf'],
  [1, '#2166ac'],
]

/** An option's value as text, for tables and axes. */
export function valueLabel(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The distinct values of each option, numbers in rising order. */
function valuesByOption({ variants }: Sweep): Map<string, unknown[]> {
  return new Map(
    Object.keys(variants[0] ?? {}).map(name => {
      const values = [...new Set(variants.map(variant => variant[name]))]
      const areNumbers = values.every(value => typeof value === 'number')
      return [name, areNumbers ? (values as number[]).sort((a, b) => a - b) : values]
    }),
  )
}

function medianOf(sweep: Sweep, metric: Metric, test: (variant: Variant) => boolean): number {
  const values = sweep.variants
    .flatMap((variant, k) => (test(variant) ? [sweep.metric(metric, k)] : []))
    .filter(value => !Number.isNaN(value))
    .sort((a, b) => a - b)
  const middle = values.length >> 1
  const upper = values[middle] ?? Number.NaN
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? Number.NaN) + upper) / 2
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
