/** Forest plot of the tests of claims. */
import type { TestResult } from '../evidence/test-result.ts'
import { type EffectUnit, formatEffect, type Verdict } from '../evidence/verdict.ts'
import type { Figure } from './figure.ts'

/** A verdict, or none for a descriptive test. */
type Mark = Verdict | 'descriptive'

/** Okabe and Ito's colours, safe for colour blindness; the symbols differ as well. */
const MARKS: Record<Mark, { color: string; symbol: string }> = {
  supported: { color: '#009e73', symbol: 'circle' },
  'not supported': { color: '#d55e00', symbol: 'x' },
  inconclusive: { color: '#8a8f98', symbol: 'circle-open' },
  descriptive: { color: '#8a8f98', symbol: 'diamond-open' },
}
const ROW = 40

/** One effect of a forest plot. */
export interface ForestRow {
  name: string
  effect: number
  /** 95 % interval, symmetric; NaN where there is none. */
  low: number
  high: number
  /** Smallest effect that would matter. */
  matters: number
  unit: EffectUnit
  mark: Mark
  /** More about it, in words. */
  more: string
}

/** Tests as rows of a forest plot. */
export function testRows(tests: readonly TestResult[]): ForestRow[] {
  return tests.map(test => {
    const { effect, low, high, matters, question } = test
    const mark = question.descriptive ? 'descriptive' : test.verdict
    const more = `n = ${test.n.toLocaleString('en-US')}, ${mark}`
    return { name: question.name, effect, low, high, matters, unit: question.unit, mark, more }
  })
}

/**
 * Effects with their 95 % intervals, one row each, in multiples of the smallest effect that would matter, so that shares,
 * returns and results share an axis. The band marks effects that would not matter.
 */
export function forestFigure(all: readonly ForestRow[], title: string): Figure {
  const shown = all.filter(({ effect }) => Number.isFinite(effect))
  const height = ROW * Math.max(1, shown.length)
  const rows = shown.map((_, i) => shown.length - 1 - i)
  const scaled = (row: ForestRow, value: number) => value / row.matters
  const bounds = shown.flatMap(row => [row.low, row.high, row.effect].map(value => scaled(row, value)))
  const limit = Math.max(2, ...bounds.filter(Number.isFinite).map(Math.abs)) * 1.05
  const traces = (Object.keys(MARKS) as Mark[]).flatMap(mark => {
    const marked = shown.flatMap((test, i) => (test.mark === mark ? [{ test, row: rows[i]! }] : []))
    if (marked.length === 0) return []
    const { color, symbol } = MARKS[mark]
    const half = marked.map(({ test }) => (Number.isFinite(test.high) ? scaled(test, test.high - test.effect) : 0))
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: mark,
        x: marked.map(({ test }) => scaled(test, test.effect)),
        y: marked.map(({ row }) => row),
        error_x: { type: 'data', array: half, color, thickness: 2, width: 5 },
        marker: { color, symbol, size: 10, line: { width: 2, color } },
        text: marked.map(({ test }) => hoverText(test)),
        hovertemplate: '%{text}<extra></extra>',
      },
    ]
  })
  return {
    data: traces,
    layout: {
      title: { text: title, ...(shown.length === 0 && { subtitle: { text: 'Too few events to show an effect' } }) },
      height: 140 + height,
      margin: { l: 60, r: 20, t: 56, b: 84 },
      xaxis: {
        title: { text: 'Effect ÷ smallest effect that matters' },
        range: [-limit, limit],
        zeroline: true,
        zerolinewidth: 2,
      },
      yaxis: {
        tickvals: rows,
        // The effect goes below the name, which leaves room for the intervals in a narrow cell.
        ticktext: shown.map(test => `<b>${test.name}</b><br>${effectText(test)}`),
        automargin: true,
        range: [-0.7, Math.max(1, shown.length) - 0.3],
        showgrid: false,
        zeroline: false,
      },
      shapes: [
        {
          type: 'rect',
          xref: 'x',
          yref: 'paper',
          x0: -1,
          x1: 1,
          y0: 0,
          y1: 1,
          fillcolor: 'rgba(128,128,128,.15)',
          line: { width: 0 },
          layer: 'below',
        },
      ],
      hovermode: 'closest',
      showlegend: true,
      legend: { orientation: 'h', y: -72 / height, yanchor: 'top', x: 0, xanchor: 'left' },
    },
  }
}

function effectText({ effect, low, high, unit }: ForestRow): string {
  const interval = Number.isNaN(low) ? '' : ` (${formatEffect(low, unit, true)} to ${formatEffect(high, unit, true)})`
  return `${formatEffect(effect, unit)}${interval}`
}

function hoverText(row: ForestRow): string {
  return `${row.name}<br>${effectText(row)}<br>${row.more}`
}
