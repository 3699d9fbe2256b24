import { auditHtml, auditText } from '../charts/audit.ts'
import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { type Audit, type AuditOptions, audit } from '../evidence/audit.ts'
import type { Market } from '../market/market.ts'

/**
 * Looks for looking ahead in a study: runs it again on the market cut off at several bars and lists what it says otherwise
 * of the past.
 *
 * @example await liq.audit(btc, m => liq.sfp(m, { levels: liq.heatmap(m) }).backtest())
 * @throws DataError when the study's result cannot be read
 */
export async function auditStudy(
  market: Market,
  study: (market: Market) => unknown,
  options?: AuditOptions,
): Promise<Audit & Displayable> {
  const found = await audit(market, study, options)
  return displayed(found, () => htmlBundle(auditHtml(found), auditText(found)))
}
