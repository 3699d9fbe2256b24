/** What a ledger of tests records, in a process and in the file of a project. */
import type { JsonObject } from './json.ts'

/** A test that was made, a hold-out that was opened, or a plan that was registered. */
export interface LedgerRecord {
  kind: 'test' | 'holdout' | 'plan'
  /** Identifies what was tested, held out or planned: the same key is the same one again. */
  key: string
  name: string
  /** Of a test. */
  p?: number
  /** Markets that it looked at, e.g. `BTC/USDT:USDT 1h`. */
  markets: readonly string[]
  /** Of a hold-out: the bars that were opened, from the open of the first to the close of the last, epoch ms. */
  from?: number
  to?: number
  /** Of a plan: what was planned. */
  plan?: JsonObject
  /** When it was written to a file, ISO 8601. */
  at?: string
}
