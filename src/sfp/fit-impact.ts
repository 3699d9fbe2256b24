/** Fits the impact of an order to recorded order books. */
import { DataError } from '../common/errors.ts'
import { quantile } from '../stats/descriptive.ts'

/** One side of an order book: the USD that rest within each distance from the middle, in %. */
export interface DepthProfile {
  percent: readonly number[]
  usd: readonly number[]
}

/** An order book in the form of ccxt: prices and amounts in base coins, from the best on. */
export interface OrderBook {
  bids: readonly (readonly [price: number, amount: number, ...unknown[]])[]
  asks: readonly (readonly [price: number, amount: number, ...unknown[]])[]
}

export interface FittedImpact {
  /** USD within 1 % of the middle on one side: the median over all sides and moments. */
  depth: number
  /** The depth that 95 % of the moments exceed, as a share of the median: what `cascade.depth` is about. */
  thinShare: number
  /** δ: the median of the inverse slopes of ln(USD) on ln(%). */
  exponent: number
  /** Sides of books that the medians are of. */
  profiles: number
  /** Median spread in basis points; NaN where the record does not tell. */
  spreadBps: number
  /** For the options of a backtest: the impact, and half the spread as slippage where it is known. */
  options: { impact: { depth: number; exponent: number }; slippageBps?: number }
}

/** Distances at which whole order books are read, in %. */
const DISTANCES = [0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/**
 * The median of straight lines through ln(USD) against ln(%), one for each profile with two distances or more.
 * @throws DataError when there is none
 */
export function fitDepth(profiles: Iterable<DepthProfile>, spreadBps = Number.NaN): FittedImpact {
  const depths: number[] = []
  const exponents: number[] = []
  for (const profile of profiles) {
    const line = logLine(profile)
    if (line === null) continue
    depths.push(line.atOne)
    exponents.push(1 / line.slope)
  }
  if (depths.length === 0)
    throw new DataError('liq.fitImpact: no side of an order book has a depth that rises over two distances or more')
  const depth = quantile(depths, 0.5)
  const exponent = quantile(exponents, 0.5)
  return {
    depth,
    thinShare: quantile(depths, 0.05) / depth,
    exponent,
    profiles: depths.length,
    spreadBps,
    options: { impact: { depth, exponent }, ...(spreadBps >= 0 && { slippageBps: spreadBps / 2 }) },
  }
}

/** {@link fitDepth} of whole books, whose spread is known. @throws DataError for a book without bids or asks */
export function fitBooks(books: readonly OrderBook[]): FittedImpact {
  const spreads: number[] = []
  const profiles: DepthProfile[] = []
  for (const [index, { bids, asks }] of books.entries()) {
    const [bid, ask] = [bids?.[0]?.[0], asks?.[0]?.[0]]
    if (!(bid !== undefined && ask !== undefined && bid > 0 && ask >= bid))
      throw new DataError(
        `liq.fitImpact: books[${index}]: bids from ${bid} and asks from ${ask}, but expected both, the best first`,
      )
    const middle = (bid + ask) / 2
    spreads.push((1e4 * (ask - bid)) / middle)
    profiles.push(profileOf(bids, middle), profileOf(asks, middle))
  }
  return fitDepth(profiles, quantile(spreads, 0.5))
}

/** Distances beyond the last order of the record say nothing. */
function profileOf(orders: OrderBook['bids'], middle: number): DepthProfile {
  const distance = (price: number) => 100 * Math.abs(price / middle - 1)
  const percent = DISTANCES.filter(limit => limit <= distance(orders.at(-1)![0]))
  const usd = percent.map(limit =>
    orders.reduce((sum, [price, amount]) => (distance(price) <= limit ? sum + price * amount : sum), 0),
  )
  return { percent, usd }
}

/** Least squares of ln(USD) on ln(%); null where depth does not rise, and for fewer than two points, which have no slope. */
function logLine({ percent, usd }: DepthProfile): { atOne: number; slope: number } | null {
  const points = percent.flatMap((x, i) => (x > 0 && usd[i]! > 0 ? [[Math.log(x), Math.log(usd[i]!)] as const] : []))
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return slope > 0 ? { atOne: Math.exp(meanY - slope * meanX), slope } : null
}
