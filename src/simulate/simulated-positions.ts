/** The positions of a simulated market, as an exchange that publishes them would show them. */
import { DataError } from '../common/errors.ts'
import { defineOptions, numberThat, option, wholeNumber } from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { type ObservedPositions, ObservedPositionsBuilder } from '../market/observed-positions.ts'
import { random } from '../stats/random.ts'

export interface SimulatedPositionsOptions {
  /** Bars between two snapshots. Default 1. */
  everyBars?: number
  /** Share of the accounts that are seen, 0 to 1. Default 1. */
  share?: number
  /** Seed of which accounts those are. Default 1. */
  seed?: number
}

export const simulatedPositionsOptions = defineOptions<SimulatedPositionsOptions>('liq.positions', {
  everyBars: option(1, wholeNumber(1)),
  share: option(
    1,
    numberThat('above 0 to 1', x => x > 0 && x <= 1),
  ),
  seed: option(1, wholeNumber()),
})

/**
 * Snapshots of the true positions of a simulated market after the close of bars: isolated, one account each, with their true
 * liquidation prices and the open interest.
 *
 * @throws DataError when the market is not simulated
 */
export function simulatedPositions(market: Market, options: SimulatedPositionsOptions = {}): ObservedPositions {
  const { everyBars, share, seed } = simulatedPositionsOptions.resolve(options)
  const { truth } = market
  if (!truth)
    throw new DataError(
      `liq.positions: ${market.symbol} (${market.source}) is not simulated, so it has no known positions`,
    )
  const { positions } = truth
  const rng = random(seed)
  const isSeen = Uint8Array.from({ length: positions.length }, () => (rng.uniform() < share ? 1 : 0))
  const coin = market.symbol.split('/')[0]!
  const builder = new ObservedPositionsBuilder()
  const address = (i: number) => `0x${(i + 1).toString(16).padStart(40, '0')}`
  let opened = 0
  let open: number[] = []
  for (let bar = 0; bar < market.length; bar++) {
    for (; opened < positions.length && positions.openBar[opened]! <= bar; opened++)
      if (isSeen[opened]) open.push(opened)
    if ((bar + 1) % everyBars !== 0) continue
    const time = market.time[bar]! + market.barMs
    const openInterest = market.openInterest?.[bar]
    if (openInterest !== undefined)
      builder.add({ time, kind: 'market', account: '', coin, size: openInterest, price: market.close[bar]! })
    for (const i of open) {
      builder.add({ time, kind: 'account', account: address(i) })
      if (positions.endBar[i]! <= bar) continue
      const coins = positions.size[i]! - (positions.stopBar[i]! <= bar ? positions.stoppable[i]! : 0)
      if (!(coins > 0)) continue
      const entry = positions.entry[i]!
      const leverage = positions.leverage[i]!
      builder.add({
        time,
        kind: 'position',
        account: address(i),
        coin,
        size: positions.side[i]! * coins,
        price: positions.liquidation[i]! > 0 ? positions.liquidation[i]! : Number.NaN,
        entry,
        leverage,
        margin: (coins * entry * (1 + positions.extraMargin[i]!)) / leverage,
        isolated: 1,
      })
    }
    // The snapshot after its end shows that a position is gone.
    open = open.filter(i => positions.endBar[i]! > bar)
  }
  return builder.build({ exchange: 'simulated', source: market.source, synthetic: true, notes: [] })
}
