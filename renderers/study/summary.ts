/** Compares the filtered trades with all of them: histogram of R, and a table of statistics. */
import { countText, percentText } from '../../src/common/number-text.ts'
import { toDrawContext } from '../plot/draw-context.ts'
import { element } from '../shared/dom.ts'
import type { Theme } from '../shared/theme.ts'
import { signed, usd } from './columns.ts'
import { binAt, binRange, binText, drawHistogram, HISTOGRAM_HEIGHT } from './histogram.ts'
import type { StudyModel } from './model.ts'
import { computeStatistics, createHistogram, type Histogram, type Statistics } from './results.ts'
import { createStudyStyles, type StudyStyles } from './styles.ts'

export interface Summary {
  readonly node: HTMLElement
  show(filtered: Int32Array): void
  /** A changed theme must be a new object. */
  draw(theme: Theme): void
}

const LINES: readonly [name: string, text: (statistics: Statistics) => string][] = [
  ['Trades', ({ trades }) => trades.toLocaleString('en-US')],
  ['Wins', ({ winRate }) => share(winRate)],
  ['Mean R', ({ meanR }) => signed(meanR, 3)],
  ['Median R', ({ medianR }) => signed(medianR, 3)],
  ['Profit factor', ({ profitFactor }) => (Number.isFinite(profitFactor) ? profitFactor.toFixed(3) : '')],
  ['Net, USD', ({ net }) => usd(net)],
  ['Max. drawdown', ({ maxDrawdown }) => percentText(maxDrawdown / 100)],
  ['Mean bars', ({ meanBars }) => signed(meanBars, 1)],
  ['Ambiguous', ({ ambiguous }) => share(ambiguous)],
]
const share = (value: number): string => (Number.isNaN(value) ? '' : `${(100 * value).toFixed(1)} %`)

/** @param onBin called with the ends (in R) of a histogram bar that was clicked */
export function createSummary(model: StudyModel, onBin: (rFrom: number | null, rTo: number | null) => void): Summary {
  const allTrades = Int32Array.from(model.trades.r.keys())
  const allStatistics = computeStatistics(model, allTrades)
  const canvas = element('canvas', { class: 'liqnb-x-hist', role: 'img' })
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser provides no canvas')
  const caption = element('output', { class: 'liqnb-x-dim' })
  const cells = LINES.map(() => ({ all: element('td'), filtered: element('td') }))
  const filteredHead = element('th', { scope: 'col' }, 'filtered')
  const table = element(
    'table',
    { class: 'liqnb-x-statistics' },
    element('tr', {}, element('td'), element('th', { scope: 'col' }, 'all'), filteredHead),
    ...LINES.map(([name], i) =>
      element('tr', {}, element('th', { scope: 'row' }, name), cells[i]!.all, cells[i]!.filtered),
    ),
  )
  const node = element(
    'div',
    { class: 'liqnb-x-summary' },
    element('figure', {}, element('figcaption', {}, 'Results in R, net of costs ', caption), canvas),
    table,
  )
  for (const [i, [, text]] of LINES.entries()) cells[i]!.all.textContent = text(allStatistics)

  let filtered: Int32Array = allTrades
  let histogram = createHistogram(model.trades, filtered)
  let mean = allStatistics.meanR
  let hover = -1
  let styles: StudyStyles | null = null
  /** What was painted last: moving the crosshair requests a draw too, but changes nothing here. */
  let painted: { histogram: Histogram; hover: number; width: number; styles: StudyStyles } | null = null

  const binUnder = (event: MouseEvent): number => binAt(histogram, event.offsetX, canvas.clientWidth)
  const showCaption = (): void => {
    caption.textContent = hover < 0 ? `· mean ${signed(mean, 3)} R` : `· ${binText(histogram, hover)}`
  }
  const setHover = (bin: number): void => {
    if (bin === hover) return
    hover = bin
    showCaption()
    paint()
  }
  canvas.addEventListener('pointermove', event => setHover(binUnder(event)))
  canvas.addEventListener('pointerleave', () => setHover(-1))
  canvas.addEventListener('click', event => {
    const bin = binUnder(event)
    if (bin >= 0) onBin(...binRange(histogram, bin))
  })

  const paint = (): void => {
    const width = canvas.clientWidth
    if (width === 0 || !styles) return
    const same = painted?.histogram === histogram && painted.styles === styles
    if (same && painted?.hover === hover && painted.width === width) return
    painted = { histogram, hover, width, styles }
    const ratio = Math.min(2, Math.max(1, devicePixelRatio))
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(HISTOGRAM_HEIGHT * ratio)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawHistogram(toDrawContext(context), width, histogram, mean, hover, styles)
  }

  return {
    node,
    show(next) {
      if (next === filtered && caption.textContent !== '') return
      filtered = next
      histogram = createHistogram(model.trades, filtered)
      const all = filtered.length === model.trades.count
      const statistics = all ? allStatistics : computeStatistics(model, filtered)
      mean = statistics.meanR
      for (const [i, [, text]] of LINES.entries()) cells[i]!.filtered.textContent = text(statistics)
      for (const cell of [filteredHead, ...cells.map(cell => cell.filtered)]) cell.hidden = all
      hover = -1
      showCaption()
      canvas.setAttribute(
        'aria-label',
        `Histogram of the results in R of ${countText(filtered.length, 'trade')}${Number.isNaN(mean) ? '' : `, mean ${signed(mean, 3)}`}`,
      )
    },
    draw(theme) {
      if (styles?.theme !== theme) styles = createStudyStyles(theme)
      paint()
    },
  }
}
