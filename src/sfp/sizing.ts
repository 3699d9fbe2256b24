/** Position sizing. */
import { floorToStep } from '../common/decimal-step.ts'
import type { Holdings } from './account.ts'
import type { Sizing } from './backtest-options.ts'

/**
 * Size of a trade in base coins; 0 when the equity cannot pay for one lot.
 *
 * @param holdings of the account at the entry
 * @param risk |entry − stop|
 * @param leverage notional / margin; the maximum notional / equity when sizing by `risk` without `maxFraction`
 * @param fee of the entry, as a fraction of the notional
 * @param room USD that the notional and the fee may take
 */
export function positionSize(
  sizing: Sizing,
  { equity, notional, margin }: Holdings,
  entry: number,
  risk: number,
  leverage: number,
  fee: number,
  room = Infinity,
): number {
  const wanted =
    'notional' in sizing
      ? sizing.notional / entry
      : 'fraction' in sizing
        ? (sizing.fraction * (equity - margin)) / (entry * (1 + fee))
        : Math.min(
            (sizing.risk * equity) / risk,
            ((sizing.maxFraction ?? leverage) * equity - notional) / (entry * (1 + fee)),
          )
  const size = Math.min(wanted, room / (entry * (1 + fee)))
  const rounded = sizing.lot === undefined ? size : floorToStep(size, sizing.lot)
  return rounded > 0 && rounded < Infinity ? rounded : 0
}
