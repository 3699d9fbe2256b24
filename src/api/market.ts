/** `liq.market`, `liq.tradeFlow` and `liq.resample`: market data that displays itself. */
import * as v from 'valibot'
import {
  type Displayable,
  type DisplayedFigure,
  displayed,
  displayedFigure,
  htmlBundle,
  summarized,
} from '../charts/display.ts'
import { marketText, marketValueSummary, tradeFlowHtml, tradeFlowText } from '../charts/market.ts'
import { type MarketFigureOptions, marketFigure } from '../charts/market-figure.ts'
import { MARKET_MIME, type MarketRequest } from '../charts/market-payload.ts'
import { marketPart, marketPayload } from '../charts/market-view.ts'
import { durationMs } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { channelHost, portableOutputs } from '../common/host.ts'
import { parse, type SchemaOf } from '../common/schema.ts'
import { loadMarket, type MarketSource } from '../data/load-market.ts'
import { loadTradeFlow, type TradeFlowSource } from '../data/trades/load-trade-flow.ts'
import { assertMarket, describeMarket, type Market } from '../market/market.ts'
import { resample as resampleMarket } from '../market/resample.ts'
import type { TradeFlow } from '../market/trade-flow/trade-flow.ts'

/** A market that displays itself: candles, volume, and the open interest, funding and recorded liquidations that it has. */
export interface DisplayedMarket extends Market, Displayable {
  /** A Plotly figure of the same, of bars `from` to `to`. */
  figure(options?: MarketFigureOptions): DisplayedFigure
}

/** The market with its display; both are hidden from enumeration, so that a copy does not show the original. */
export function displayedMarket(market: Market): DisplayedMarket {
  const figure = (options?: MarketFigureOptions) =>
    displayedFigure(marketFigure(market, options), `${describeMarket(market)}: price, volume and flows`)
  const shown = displayed(
    market,
    () => marketBundle(market),
    () => marketText(market),
  )
  return summarized(
    Object.defineProperty(shown, 'figure', { value: figure }) as DisplayedMarket,
    marketValueSummary(market),
  )
}

function marketBundle(market: Market): Record<string, unknown> {
  const payload = marketPayload(market)
  // Without coarse candles there is nothing to ask the kernel for.
  const channel = payload.recent && openDetails(market)
  return {
    [MARKET_MIME]: { ...payload, ...(channel !== undefined && { channel }) },
    ...(portableOutputs() && { 'application/vnd.plotly.v1+json': marketFigure(market) }),
    'text/plain': marketText(market),
  }
}

const moments = 'two moments in epoch ms, the first before the second'
const requestSchema = v.strictObject({
  range: v.pipe(
    v.strictTuple([v.number(moments), v.number(moments)], moments),
    v.check(([from, to]) => to > from, moments),
  ),
}) satisfies SchemaOf<MarketRequest>

/** A channel that answers with the bars of a span. */
function openDetails(market: Market): string | undefined {
  return channelHost()?.open(message => {
    const { range } = parse(requestSchema, message, problem => new DataError(`market: ${problem}`))
    const { time, barMs } = market
    const from = time.findIndex(open => open + barMs > range[0])
    const to = time.findLastIndex(open => open < range[1])
    if (from < 0 || to < from) throw new DataError(`market: range: no bar is between ${range.join(' and ')}`)
    return marketPart(market, from, to)
  })
}

/**
 * Loads a market: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or `{ simulate: { seed } }`.
 * @throws OptionError naming the option; DataError for data that cannot be used
 * @example await liq.market({ file: 'btc.csv' })
 */
export async function market(source: MarketSource): Promise<DisplayedMarket> {
  return displayedMarket(await loadMarket(source))
}

/**
 * Sums the trades of files or an exchange by bar, price bin and taker side, in memory that does not grow with their number;
 * with `{ clickhouse: url, table }` the server of the table sums them, and only the sums travel. A heatmap takes the result as its `flow`; `market()` has the candles of the same trades.
 *
 * @example const flow = await liq.tradeFlow({ file: 'btc-trades-*.csv', timeframe: '1h', minUsd: 10 })
 * liq.heatmap(flow.market(), { flow })
 * @throws OptionError naming the option; DataError for trades that cannot be used
 */
export async function tradeFlow(source: TradeFlowSource): Promise<TradeFlow & Displayable> {
  const flow = await loadTradeFlow(source)
  const candles = flow.market
  Object.assign(flow, { market: () => displayedMarket(candles()) })
  return displayed(flow, () => htmlBundle(tradeFlowHtml(flow), tradeFlowText(flow)))
}

/**
 * The same market in longer bars, e.g. `'4h'`, aligned as exchanges align them.
 * @throws OptionError unless `timeframe` is a duration and a multiple of the market's; DataError if the data does not fill one bar
 * @example liq.resample(btc, '1d')
 */
export function resample(market: Market, timeframe: string): DisplayedMarket {
  assertMarket(market, 'liq.resample')
  // A copy: a result may be the market itself, whose display method cannot be defined twice.
  return displayedMarket({ ...resampleMarket(market, durationMs(timeframe, 'liq.resample: timeframe')) })
}
