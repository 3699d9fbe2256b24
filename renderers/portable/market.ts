/** The figure of a saved market: all of it, in the candles of the file. */
import type { Figure } from '../../src/charts/figure.ts'
import type { MarketSeries } from '../../src/charts/market-payload.ts'
import { drawMarket } from '../../src/charts/market-traces.ts'
import { formatDuration } from '../../src/common/duration.ts'
import { readHeader } from '../market/payload.ts'
import { unpackPart } from '../market/unpack.ts'

/** @throws PayloadError if the payload is damaged */
export async function marketFigure(payload: unknown): Promise<Figure> {
  const header = readHeader(payload)
  const { symbol, timeframe, synthetic, base, quote, series } = header
  const whole = await unpackPart(header, header)
  const byName: Record<MarketSeries, Float32Array | null | undefined> = {
    openInterest: whole.openInterest,
    fundingRate: whole.funding,
    longLiquidations: whole.recorded?.long,
    shortLiquidations: whole.recorded?.short,
  }
  return drawMarket({
    title: `${symbol} ${timeframe}`,
    subtitle: `${synthetic ? 'Synthetic market. ' : ''}Candles of ${formatDuration(whole.candleMs)}`,
    base,
    quote,
    candles: whole.candles,
    volume: whole.volume,
    series: new Map(series.map(name => [name, byName[name]!])),
  })
}
