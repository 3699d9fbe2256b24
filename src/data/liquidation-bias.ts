/** What records of liquidations leave out, by where they come from: of live feeds and of files. */

const AT_MOST_ONE =
  'at most one liquidation a second and symbol, so the recorded amounts are a lower bound of what was liquidated'

/**
 * By exchange or vendor, in the words that follow its name.
 * - Binance, `<symbol>@forceOrder`: "only the latest one liquidation order within 1000ms will be pushed".
 *   https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Liquidation-Order-Streams
 * - OKX, `liquidation-orders`: "each contract will only show a maximum of one order per one-second period. This data doesn't
 *   represent the total number of liquidations on OKX". https://www.okx.com/docs-v5/en/#public-data-websocket-liquidation-orders-channel
 * - Bybit, `allLiquidation`, since 2025: "push all liquidations that occur on Bybit"; its topic `liquidation` before it sent at most
 *   one a second and symbol. https://bybit-exchange.github.io/docs/v5/websocket/public/all-liquidation
 * - Hyperliquid: the fills of a node are those of the chain. https://hyperliquid.gitbook.io/hyperliquid-docs/historical-data
 * - Tardis records the venues' feeds. https://docs.tardis.dev/downloadable-csv-files#liquidations
 * - Coinalyze and Coinglass sum up what venues publish, and do not say what of it is missing.
 */
const BIASES: Readonly<Record<string, readonly string[]>> = {
  binance: [`sends ${AT_MOST_ONE}`],
  okx: [
    `sends ${AT_MOST_ONE}`,
    'states the bankruptcy prices of liquidations, not those at which the positions were closed',
  ],
  hyperliquid: [
    'writes every liquidation to its node fills, so a file of them is complete for the time that it covers',
  ],
  tardis: ['records the feed of the exchange, with what that leaves out'],
  coinalyze: ['sums up what exchanges publish, with what their feeds leave out'],
  coinglass: ['sums up what exchanges publish, with what their feeds leave out'],
}

/** Bybit's topic of all liquidations and the one before it look the same once they are saved. */
const BYBIT_FILE =
  'sends all liquidations since its feed of 2025; earlier records hold at most one a second and symbol, a lower bound'

/** Exchanges of several names in ccxt. */
const SAME_FEED: Readonly<Record<string, string>> = {
  binanceusdm: 'binance',
  binancecoinm: 'binance',
  okxus: 'okx',
  myokx: 'okx',
}

/** What a user of liquidations that were recorded from the live feed of an exchange must know. */
export function liveFeedNotes(exchange: string): string[] {
  const feed = SAME_FEED[exchange] ?? exchange
  return feed in BIASES && feed !== 'hyperliquid' ? notesOf(exchange, BIASES[feed]!) : []
}

/**
 * What a user of a file of liquidations must know.
 * @param layout name of the file's layout, which begins with its exchange or vendor
 * @param venue of the market, for layouts of tools and vendors
 */
export function fileFeedNotes(layout: string | undefined, venue: string | undefined): string[] {
  const source = layout?.split(' ')[0]
  const sources = [...new Set([source, source?.toLowerCase() === 'tardis' || !isKnown(source) ? venue : undefined])]
  return sources.flatMap(name => {
    if (name === undefined) return []
    const feed = name.toLowerCase()
    return notesOf(name, feed === 'bybit' ? [BYBIT_FILE] : (BIASES[feed] ?? []))
  })
}

const isKnown = (name: string | undefined): boolean => {
  const feed = name?.toLowerCase()
  return feed !== undefined && (feed === 'bybit' || feed in BIASES)
}

const notesOf = (name: string, biases: readonly string[]): string[] => biases.map(bias => `${name} ${bias}`)
