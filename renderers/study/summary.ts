/** What the chosen trades came to beside all of them: the histogram of R, and a few figures. */
import { canvasInk } from '../plot/ink.ts'
import { percentText } from '../plot/ticks.ts'
import { element } from '../shared/dom.ts'
import type { Theme } from '../shared/theme.ts'
import { signed, usd } from './columns.ts'
import { binAt, binEnds, binText, drawHistogram, HISTOGRAM_HEIGHT } from './histogram.ts'
import type { StudyModel } from './model.ts'
import { type Figures, figuresOf, type Histogram, histogramOf } from './results.ts'
import { type StudyStyles, studyStylesOf } from './styles.ts'

export interface Summary {
  readonly node: HTMLElement
  show(chosen: Int32Array): void
  /** Another theme is another object. */
  draw(theme: Theme): void
}

const LINES: readonly [name: string, text: (figures: Figures) => string][] = [
  ['Trades', ({ trades }) => trades.toLocaleString('en-US')],
  ['Wins', ({ winRate }) => share(winRate)],
  ['Mean R', ({ meanR }) => signed(meanR, 3)],
  ['Median R', ({ medianR }) => signed(medianR, 3)],
  ['Profit factor', ({ profitFactor }) => (Number.isFinite(profitFactor) ? profitFactor.toFixed(3) : '')],
  ['Net, USD', ({ net }) => usd(net)],
  ['Max. drawdown of their sum', ({ maxDrawdown }) => percentText(maxDrawdown / 100)],
  ['Mean bars', ({ meanBars }) => signed(meanBars, 1)],
  ['Order in a bar assumed', ({ ambiguous }) => share(ambiguous)],
]
const share = (value: number): string => (Number.isNaN(value) ? '' : `${(100 * value).toFixed(1)} %`)

/** @param choose called with the ends of a bar of the histogram that was clicked, in R */
export function summaryOf(model: StudyModel, choose: (rFrom: number | null, rTo: number | null) => void): Summary {
  const everything = Int32Array.from(model.trades.r.keys())
  const ofAll = figuresOf(model, everything)
  const canvas = element('canvas', { class: 'liqnb-x-hist', role: 'img' })
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser gives no canvas to draw on')
  const caption = element('output', { class: 'liqnb-x-dim' })
  const cells = LINES.map(() => ({ all: element('td'), chosen: element('td') }))
  const chosenHead = element('th', { scope: 'col' }, 'chosen')
  const table = element(
    'table',
    { class: 'liqnb-x-figures' },
    element('tr', {}, element('td'), element('th', { scope: 'col' }, 'all'), chosenHead),
    ...LINES.map(([name], i) =>
      element('tr', {}, element('th', { scope: 'row' }, name), cells[i]!.all, cells[i]!.chosen),
    ),
  )
  const node = element(
    'div',
    { class: 'liqnb-x-summary' },
    element('figure', {}, element('figcaption', {}, 'Results in R, net of costs ', caption), canvas),
    table,
  )
  for (const [i, [, text]] of LINES.entries()) cells[i]!.all.textContent = text(ofAll)

  let chosen: Int32Array = everything
  let histogram = histogramOf(model.trades, chosen)
  let mean = ofAll.meanR
  let hover = -1
  let look: StudyStyles | null = null
  /** What is painted: a crosshair that moves asks for a drawing too, and changes nothing here. */
  let painted: { histogram: Histogram; hover: number; width: number; look: StudyStyles } | null = null

  const under = (event: MouseEvent): number => binAt(histogram, event.offsetX, canvas.clientWidth)
  const describe = (): void => {
    caption.textContent = hover < 0 ? `· mean ${signed(mean, 3)} R` : `· ${binText(histogram, hover)}`
  }
  const point = (bin: number): void => {
    if (bin === hover) return
    hover = bin
    describe()
    paint()
  }
  canvas.addEventListener('pointermove', event => point(under(event)))
  canvas.addEventListener('pointerleave', () => point(-1))
  canvas.addEventListener('click', event => {
    const bin = under(event)
    if (bin >= 0) choose(...binEnds(histogram, bin))
  })

  const paint = (): void => {
    const width = canvas.clientWidth
    if (width === 0 || !look) return
    const same = painted?.histogram === histogram && painted.look === look
    if (same && painted?.hover === hover && painted.width === width) return
    painted = { histogram, hover, width, look }
    const ratio = Math.min(2, Math.max(1, devicePixelRatio))
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(HISTOGRAM_HEIGHT * ratio)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawHistogram(canvasInk(context), width, histogram, mean, hover, look)
  }

  return {
    node,
    show(next) {
      if (next === chosen && caption.textContent !== '') return
      chosen = next
      histogram = histogramOf(model.trades, chosen)
      const all = chosen.length === model.trades.count
      const figures = all ? ofAll : figuresOf(model, chosen)
      mean = figures.meanR
      for (const [i, [, text]] of LINES.entries()) cells[i]!.chosen.textContent = text(figures)
      for (const cell of [chosenHead, ...cells.map(cell => cell.chosen)]) cell.hidden = all
      hover = -1
      describe()
      canvas.setAttribute(
        'aria-label',
        `Histogram of the results in R of ${chosen.length} trades${Number.isNaN(mean) ? '' : `, mean ${signed(mean, 3)}`}`,
      )
    },
    draw(theme) {
      if (look?.theme !== theme) look = studyStylesOf(theme)
      paint()
    },
  }
}
