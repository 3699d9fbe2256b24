/** The values of a candle as text: for the tooltip and for screen readers. */
import { percentText, usdText } from '../../src/common/number-text.ts'
import { priceText, spanText, timeText } from '../plot/ticks.ts'
import type { Series } from './model.ts'
import type { Header } from './payload.ts'

export interface Readout {
  heading: string
  lines: [name: string, value: string][]
}

export function readAt({ base, priceStep }: Header, series: Series, k: number): Readout {
  const { candles, candleMs, volume, openInterest, funding, recorded } = series
  const [open, close] = [candles.open[k]!, candles.close[k]!]
  const price = (value: number) => priceText(value, close * priceStep)
  const known = (value: number, text: (value: number) => string) =>
    Number.isNaN(value) ? 'not on record' : text(value)
  const usd = (value: number) => `${usdText(value)} USD`
  return {
    heading: `${timeText(candles.time[k]!)}, ${spanText(candleMs)}`,
    lines: [
      ['Open, close', `${price(open)} → ${price(close)}  ${percentText(close / open - 1)}`],
      ['High, low', `${price(candles.high[k]!)}, ${price(candles.low[k]!)}`],
      ['Volume', `${known(volume[k]!, usdText)} ${base}`],
      ...lines('Open interest', openInterest, k, value =>
        known(value, coins => `${usdText(coins)} ${base} ≈ ${usd(coins * close)}`),
      ),
      ...lines('Funding', funding, k, value => known(value, rate => (rate === 0 ? 'none due' : percentText(rate, 4)))),
      ...lines('Shorts liquidated', recorded?.short ?? null, k, value => known(value, usd)),
      ...lines('Longs liquidated', recorded?.long ?? null, k, value => known(value, usd)),
    ],
  }
}

function lines(
  name: string,
  values: Float32Array | null,
  k: number,
  text: (value: number) => string,
): [name: string, value: string][] {
  return values ? [[name, text(values[k]!)]] : []
}

export function readoutText({ heading, lines }: Readout): string {
  return [heading, ...lines.map(([name, value]) => `${name} ${value}`)].join('; ')
}
