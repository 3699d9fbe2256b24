import type { TestResult } from '../evidence/result.ts'
import { formatEffect, type Verdict } from '../evidence/verdict.ts'
import type { Figure } from './figure.ts'

/** A verdict, or that none rests on it. */
type Mark = Verdict | 'beside'

/** Okabe and Ito's colours: told apart by colour-blind eyes, and by the symbols as well. */
const LOOK: Record<Mark, { color: string; symbol: string }> = {
  supported: { color: '#009e73', symbol: 'circle' },
  'not supported': { color: '#d55e00', symbol: 'x' },
  inconclusive: { color: '#8a8f98', symbol: 'circle-open' },
  beside: { color: '#8a8f98', symbol: 'diamond-open' },
}
const ROW = 40

/**
 * Effects with their 95 % intervals, a row each, on one axis: in multiples of the smallest effect that would matter, so
 * that shares, returns and results stand side by side. The band is what would not matter.
 */
export function forestFigure(tests: readonly TestResult[], title: string): Figure {
  const shown = tests.filter(test => Number.isFinite(test.effect))
  const height = ROW * Math.max(1, shown.length)
  const rows = shown.map((_, i) => shown.length - 1 - i)
  const scaled = (test: TestResult, value: number) => value / test.matters
  const bounds = shown.flatMap(test => [test.low, test.high, test.effect].map(value => scaled(test, value)))
  const reach = Math.max(2, ...bounds.filter(Number.isFinite).map(Math.abs)) * 1.05
  const traces = (Object.keys(LOOK) as Mark[]).flatMap(mark => {
    const own = shown.flatMap((test, i) => (kindOf(test) === mark ? [{ test, row: rows[i]! }] : []))
    if (own.length === 0) return []
    const { color, symbol } = LOOK[mark]
    const half = own.map(({ test }) => (Number.isFinite(test.high) ? scaled(test, test.high - test.effect) : 0))
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: mark,
        x: own.map(({ test }) => scaled(test, test.effect)),
        y: own.map(({ row }) => row),
        error_x: { type: 'data', array: half, color, thickness: 2, width: 5 },
        marker: { color, symbol, size: 10, line: { width: 2, color } },
        text: own.map(({ test }) => labelOf(test)),
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
        title: { text: 'Effect ÷ the smallest that matters' },
        range: [-reach, reach],
        zeroline: true,
        zerolinewidth: 2,
      },
      yaxis: {
        tickvals: rows,
        // The figures stand below the name, so that a narrow place leaves the intervals room.
        ticktext: shown.map(test => `<b>${test.question.name}</b><br>${figures(test)}`),
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

function kindOf(test: TestResult): Mark {
  return test.question.descriptive ? 'beside' : test.verdict
}

function figures({ effect, low, high, question: { unit } }: TestResult): string {
  const interval = Number.isNaN(low) ? '' : ` (${formatEffect(low, unit, true)} to ${formatEffect(high, unit, true)})`
  return `${formatEffect(effect, unit)}${interval}`
}

function labelOf(test: TestResult): string {
  return `${test.question.name}<br>${figures(test)}<br>n = ${test.n.toLocaleString('en-US')}, ${kindOf(test)}`
}
