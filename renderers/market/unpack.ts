/** Unpacks the data of a market: base64 → deflate → columns, each checked. */
import type { MarketPart, MarketSeries } from '../../src/charts/market-payload.ts'
import { unpackPrices } from '../plot/unpack-prices.ts'
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/payload.ts'
import { checkRange, checkRising, Unpacker } from '../shared/unpacker.ts'
import type { MarketModel, Series } from './model.ts'
import type { Header } from './payload.ts'

/** @throws PayloadError if the data is not as long as `header` says, or holds impossible values */
export async function unpack(header: Header): Promise<MarketModel> {
  const [whole, recent] = await Promise.all([
    unpackPart(header, header),
    header.recent ? unpackPart(header, header.recent) : null,
  ])
  return { header, whole, recent, detail: null }
}

/** @throws PayloadError as {@link unpack} does */
export async function unpackPart({ series, priceStep }: Header, part: MarketPart): Promise<Series> {
  const count = part.candles
  const data = new Unpacker(await inflate(part.data, part.bytes, 'the market'))
  const time = checkRange(checkRising(data.sums(count), 'candle times'), 'candle times', -8e15, 8e15)
  const lengths = checkRange(data.integers(count), 'lengths of candles', 1, 1e12)
  const end = checkRising(
    time.map((open, k) => open + lengths[k]!),
    'candle ends',
  )
  for (let k = 1; k < count; k++)
    if (time[k]! < end[k - 1]!) throw new PayloadError(`candle ${k} begins before the one before it ends`)
  const prices = unpackPrices(data, count, priceStep)
  const amounts = (what: string, lowest = 0) => checkRange(data.shortFloats(count), what, lowest, 1e30, true)
  const volume = amounts('volume')
  const values = Object.fromEntries(
    series.map(name => [name, amounts(name, name === 'fundingRate' ? -1e30 : 0)]),
  ) as Partial<Record<MarketSeries, Float32Array>>
  data.end()
  const { openInterest = null, fundingRate = null, longLiquidations, shortLiquidations } = values
  const empty = () => new Float32Array(count).fill(Number.NaN)
  return {
    candles: { time, end, ...prices },
    candleMs: lengths.reduce((longest, length) => Math.max(longest, length), 0),
    volume,
    openInterest,
    funding: fundingRate,
    recorded:
      longLiquidations || shortLiquidations
        ? { long: longLiquidations ?? empty(), short: shortLiquidations ?? empty() }
        : null,
  }
}
