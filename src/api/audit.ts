/** `liq.audit`: whether a study looks ahead. */
import { auditHtml, auditText } from '../charts/audit.ts'
import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { type Audit, type AuditOptions, audit as runAudit } from '../evidence/audit.ts'
import type { Market } from '../market/market.ts'

/**
 * Detects look-ahead bias in a study: runs it again on the market cut off at several bars, and lists where its results on the
 * past differ.
 *
 * @example await liq.audit(btc, market => liq.sfp(market, { levels: liq.heatmap(market) }).backtest())
 * @throws DataError when the study's result cannot be read
 */
export async function audit(
  market: Market,
  study: (market: Market) => unknown,
  options?: AuditOptions,
): Promise<Audit & Displayable> {
  const result = await runAudit(market, study, options)
  return displayed(result, () => htmlBundle(auditHtml(result), auditText(result)))
}
