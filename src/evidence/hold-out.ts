/** Data that is kept back: it answers a question once. */
import { createHash } from 'node:crypto'
import { lowerBound } from '../common/binary-search.ts'
import { formatTime } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import type { LedgerRecord } from '../common/ledger-record.ts'
import { countText } from '../common/number-text.ts'
import { assertKnownOptions, invalidOption } from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { marketRange } from '../market/market-range.ts'
import { type Ledger, marketName } from './ledger.ts'

/** A market cut in two. */
export interface HoldOut {
  /** The bars before `from`, to try things on. */
  readonly before: Market
  /** Open time of the first bar that is kept back, epoch ms. */
  readonly from: number
  /** When it was opened, or other bars of the symbol that overlap it; ISO 8601, as often as that was. */
  readonly openings: readonly string[]
  /**
   * The bars from `from` on. The ledger says when they were opened, and that is once, unless `again` says that what is found from now on is
   * no longer out of sample.
   * @throws OptionError if they were opened before, without `again`
   */
  open(options?: { again?: boolean }): Market
}

const CALLER = 'liq.holdout'

/**
 * Keeps the bars from a time on back, under a seal that the ledger keeps.
 *
 * @param from epoch ms; some bars must be before and after it
 * @throws OptionError for a time outside of the market, and without a ledger that is kept
 */
export function holdOut(market: Market, from: number, ledger: Ledger): HoldOut {
  if (!ledger.isKept)
    throw new OptionError(
      `${CALLER}: no ledger is open, which would know when the data was opened. First: await liq.ledger({ file: 'ledger.jsonl' })`,
    )
  const first = lowerBound(market.time, from)
  if (first === 0 || first === market.length)
    throw invalidOption(
      CALLER,
      'from',
      new Date(from).toISOString(),
      `a time within the ${countText(market.length, 'bar')} of ${marketName(market)}`,
    )
  const start = market.time[first]!
  const name = `${marketName(market)} from ${formatTime(start)} UTC`
  const key = createHash('sha256').update(name).digest('hex')
  const end = market.time[market.length - 1]! + market.barMs
  // Else a start of one bar later, or another timeframe, would be a new question to the same bars.
  const isOpening = ({ kind, key: other, markets, from: low = 0, to: high = 0 }: LedgerRecord) =>
    kind === 'holdout' &&
    (other === key || (markets.some(each => symbolOf(each) === market.symbol) && low < end && high > start))
  const opened = () => ledger.records.filter(isOpening)
  return {
    before: marketRange(market, 0, first),
    from: start,
    get openings() {
      return opened().map(({ at }) => at ?? '')
    },
    open(options = {}) {
      assertKnownOptions(options, ['again'], `${CALLER}: open`)
      const [earlier] = opened()
      if (earlier && options.again !== true)
        throw new OptionError(
          `${CALLER}: ${earlier.name} was opened on ${formatTime(Date.parse(earlier.at!))} UTC (${ledger.scope}), so it answers no further question. open({ again: true }) opens it all the same, and counts it`,
        )
      ledger.note({ kind: 'holdout', key, name, markets: [marketName(market)], from: start, to: end })
      return marketRange(market, first)
    },
  }
}

/** The symbol in the name of a market. */
const symbolOf = (name: string) => name.slice(0, name.lastIndexOf(' '))
