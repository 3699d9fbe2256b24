/** Observed positions for tests: a market of flat bars, and readings by hand. */
import { HOUR } from '../../../src/common/duration.ts'
import {
  type ObservedPositions,
  ObservedPositionsBuilder,
  type ObservedRow,
} from '../../../src/market/observed-positions.ts'

/** Rows at hours after `start`; rows of positions and orders get the reading that they need. */
export function observe(
  start: number,
  readings: readonly { hour: number; account: string; orders?: boolean; rows?: readonly Partial<ObservedRow>[] }[],
): ObservedPositions {
  const builder = new ObservedPositionsBuilder()
  for (const { hour, account, orders = false, rows = [] } of readings) {
    const time = start + hour * HOUR
    builder.add({ time, kind: orders ? 'orders' : 'account', account })
    for (const row of rows)
      builder.add({ time, kind: orders ? 'stop' : 'position', account, coin: 'BTC', leverage: 10, entry: 100, ...row })
  }
  return builder.build({ exchange: 'test', source: 'by hand', synthetic: true, notes: [] })
}
