/** What the chosen trades came to beside all of them: the histogram of R, and a few figures. */
import { crisp } from '../plot/axes.ts'
import { canvasInk, type Ink } from '../plot/ink.ts'
import { niceStep, percentText } from '../plot/ticks.ts'
import { element } from '../shared/dom.ts'
import type { Theme } from '../shared/theme.ts'
import { signed, usd } from './columns.ts'
import { type StudyLook, studyLookOf } from './look.ts'
import type { StudyModel } from './model.ts'
import { type Figures, figuresOf, type Histogram, histogramOf } from './results.ts'

export interface Summary {
  readonly node: HTMLElement
  show(chosen: Int32Array): void
  /** Another theme is another object. */
  draw(theme: Theme): void
}

const HEIGHT = 170
const FOOT = 22
const LEFT = 40

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
  let look: StudyLook | null = null
  /** What is painted: a crosshair that moves asks for a drawing too, and changes nothing here. */
  let painted: { histogram: Histogram; hover: number; width: number; look: StudyLook } | null = null

  const binAt = (event: MouseEvent): number => {
    const width = canvas.clientWidth - LEFT
    const bin = Math.floor(((event.offsetX - LEFT) / width) * histogram.all.length)
    return event.offsetX >= LEFT && bin < histogram.all.length ? bin : -1
  }
  const describe = (): void => {
    caption.textContent = hover < 0 ? `· mean ${signed(mean, 3)} R` : `· ${binText(histogram, hover)}`
  }
  const point = (bin: number): void => {
    if (bin === hover) return
    hover = bin
    describe()
    paint()
  }
  canvas.addEventListener('pointermove', event => point(binAt(event)))
  canvas.addEventListener('pointerleave', () => point(-1))
  canvas.addEventListener('click', event => {
    const bin = binAt(event)
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
    canvas.height = Math.round(HEIGHT * ratio)
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
      if (look?.theme !== theme) look = studyLookOf(theme)
      paint()
    },
  }
}

/** Ends of a bin in R; the first and the last one are open. */
function binEnds({ from, width, all }: Histogram, bin: number): [number | null, number | null] {
  const edge = (index: number) => Math.round((from + index * width) * 1e6) / 1e6
  return [bin === 0 ? null : edge(bin), bin === all.length - 1 ? null : edge(bin + 1)]
}

function binText(histogram: Histogram, bin: number): string {
  const { from, width, all, chosen } = histogram
  const round = (value: number) => signed(Math.round(value * 100) / 100, 2)
  const [low, high] = [round(from + bin * width), round(from + (bin + 1) * width)]
  const range = bin === 0 ? `below ${high}` : bin === all.length - 1 ? `${low} and above` : `${low} to ${high}`
  const count = chosen[bin] === all[bin] ? `${all[bin]}` : `${chosen[bin]} of ${all[bin]}`
  return `${range} R: ${count} ${all[bin] === 1 ? 'trade' : 'trades'}`
}

function drawHistogram(
  ink: Ink,
  width: number,
  { from, width: binWidth, all, chosen }: Histogram,
  mean: number,
  hover: number,
  look: StudyLook,
): void {
  const [left, right, top, bottom] = [LEFT, width, 8, HEIGHT - FOOT]
  const most = all.reduce((a, b) => Math.max(a, b), 1)
  const bar = (right - left) / all.length
  const y = (count: number) => bottom - (count / most) * (bottom - top)
  const x = (r: number) => left + ((r - from) / binWidth) * bar
  ink.font = look.font(10)
  ink.textBaseline = 'middle'
  ink.textAlign = 'right'
  const step = Math.max(1, niceStep(most / 3))
  ink.lineWidth = 1
  for (let count = 0; count <= most; count += step) {
    ink.strokeStyle = look.theme.grid
    ink.beginPath()
    ink.moveTo(left, crisp(y(count)))
    ink.lineTo(right, crisp(y(count)))
    ink.stroke()
    ink.fillStyle = look.theme.dim
    ink.fillText(String(Math.round(count)), left - 6, y(count))
  }
  for (let k = 0; k < all.length; k++) {
    const [a, b] = [Math.round(left + k * bar), Math.round(left + (k + 1) * bar)]
    const place = [a + 0.5, Math.max(1, b - a - 1)] as const
    ink.fillStyle = from + (k + 0.5) * binWidth < 0 ? look.short : look.long
    ink.globalAlpha = 0.25
    ink.fillRect(place[0], y(all[k]!), place[1], bottom - y(all[k]!))
    ink.globalAlpha = hover === k ? 1 : 0.85
    ink.fillRect(place[0], y(chosen[k]!), place[1], bottom - y(chosen[k]!))
    ink.globalAlpha = 1
  }
  ink.textBaseline = 'top'
  ink.textAlign = 'center'
  ink.fillStyle = look.theme.dim
  const end = from + all.length * binWidth
  const tick = niceStep((end - from) / Math.max(2, (right - left) / 60))
  for (let i = Math.ceil(from / tick - 1e-9); i * tick <= end + 1e-9; i++) {
    const label = signed(Math.round(i * tick * 100) / 100, tick < 1 ? 1 : 0)
    const half = ink.textWidth(label) / 2
    ink.fillText(label, Math.min(right - half, Math.max(left + half, x(i * tick))), bottom + 5)
  }
  for (const [r, colour, dash] of [
    [0, look.theme.axis, []],
    [mean, look.theme.foreground, [3, 3]],
  ] as const) {
    if (!(r >= from && r <= end)) continue
    ink.strokeStyle = colour
    ink.setLineDash([...dash])
    ink.beginPath()
    ink.moveTo(crisp(x(r)), top)
    ink.lineTo(crisp(x(r)), bottom)
    ink.stroke()
  }
  ink.setLineDash([])
}
