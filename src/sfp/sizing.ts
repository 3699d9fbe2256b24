import type { Sizing } from './backtest-options.ts'

/**
 * Size of a trade in base coins; 0 when the equity does not pay for one lot.
 *
 * @param equity USD at the entry
 * @param risk |entry − stop|
 * @param leverage most notional by equity for `risk`, where it has no `maxFraction` of its own
 * @param fee of the entry, as a fraction of the notional
 */
export function sizeOf(
  sizing: Sizing,
  equity: number,
  entry: number,
  risk: number,
  leverage: number,
  fee: number,
): number {
  const size =
    'notional' in sizing
      ? sizing.notional / entry
      : 'fraction' in sizing
        ? (sizing.fraction * equity) / (entry * (1 + fee))
        : Math.min((sizing.risk * equity) / risk, ((sizing.maxFraction ?? leverage) * equity) / (entry * (1 + fee)))
  const whole = sizing.lot === undefined ? size : Math.floor(size / sizing.lot) * sizing.lot
  return whole > 0 && whole < Infinity ? whole : 0
}
