/** Position sizing. */
import { floorToStep } from '../common/decimal-step.ts'
import type { Sizing } from './backtest-options.ts'

/**
 * Size of a trade in base coins; 0 when the equity cannot pay for one lot.
 *
 * @param equity USD at the entry
 * @param open notional of the positions open then
 * @param risk |entry − stop|
 * @param leverage notional / margin; the maximum notional / equity when sizing by `risk` without `maxFraction`
 * @param fee of the entry, as a fraction of the notional
 */
export function positionSize(
  sizing: Sizing,
  equity: number,
  open: number,
  entry: number,
  risk: number,
  leverage: number,
  fee: number,
): number {
  const size =
    'notional' in sizing
      ? sizing.notional / entry
      : 'fraction' in sizing
        ? (sizing.fraction * (equity - open / leverage)) / (entry * (1 + fee))
        : Math.min(
            (sizing.risk * equity) / risk,
            ((sizing.maxFraction ?? leverage) * equity - open) / (entry * (1 + fee)),
          )
  const rounded = sizing.lot === undefined ? size : floorToStep(size, sizing.lot)
  return rounded > 0 && rounded < Infinity ? rounded : 0
}
