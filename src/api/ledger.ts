/** `liq.ledger`, `liq.holdout` and `liq.register`: what a project tested, what it kept back and what it planned. */
import { resolve } from 'node:path'
import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed } from '../charts/display.ts'
import { formatTime } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import { momentMs } from '../common/iso-time.ts'
import type { LedgerRecord } from '../common/ledger-record.ts'
import { assertKnownOptions, defineOptions, moment, required, valueThat } from '../common/options.ts'
import { openLedgerFile } from '../data/ledger-file.ts'
import { type HoldOut, holdOut } from '../evidence/hold-out.ts'
import { marketName, sessionLedger } from '../evidence/ledger.ts'
import { type Plan, type PlanSource, planLine, registerPlan } from '../evidence/plan.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { displayedMarket } from './market.ts'

export interface LedgerOptions {
  /** The file, beside the notebook unless the path is absolute; made with the first test. Several notebooks may share it. */
  file: string
}

/** Everything that a project tested, opened and planned, as a table: what a cell shows. */
export type ProjectLedger = ColumnTable & {
  /** Path of the file. */
  readonly file: string
  readonly records: readonly LedgerRecord[]
}

export interface HoldOutOptions {
  /** Start of what is kept back: an ISO date (UTC) or epoch ms. */
  from: string | number
}

const CALLER = 'liq.ledger'

const ledgerOptions = defineOptions<LedgerOptions>(CALLER, {
  file: required(
    valueThat('the name of a file, e.g. "ledger.jsonl"', value => typeof value === 'string' && value.trim() !== ''),
  ),
})

const holdOutOptions = defineOptions<HoldOutOptions>('liq.holdout', { from: required(moment) })

/**
 * Keeps the tests of all notebooks of a project in one file, and corrects each for all of them: studies, sweeps, walk-forwards and
 * evidence, those before this call too. Only what is new is written, so a second run of a notebook leaves the file as it is.
 *
 * Columns: `kind` (test, holdout, plan), `name`, `markets`, `p`, `pAdjusted` (Holm), `q` (Benjamini–Hochberg), `at` (when it was first
 * written, Date).
 *
 * @throws OptionError naming the option; DataError naming file and line of what is not a record
 * @example await liq.ledger({ file: 'ledger.jsonl' })
 */
export async function ledger(options: LedgerOptions): Promise<ProjectLedger> {
  assertKnownOptions(options, ledgerOptions.names, CALLER)
  const { file } = ledgerOptions.resolve(options)
  const opened = openLedgerFile(resolve(currentTask().notebookDir ?? '.', file))
  sessionLedger.connect(file, opened.records, opened.append)
  const { records } = sessionLedger
  const corrected = new Map(sessionLedger.rows().map(row => [row.key, row]))
  const figures = (name: 'p' | 'pAdjusted' | 'q') =>
    records.map(({ kind, key }) => (kind === 'test' ? corrected.get(key)![name] : Number.NaN))
  const rows = table({
    kind: records.map(({ kind }) => kind),
    name: records.map(({ name }) => name),
    markets: records.map(({ markets }) => markets.join(', ')),
    p: figures('p'),
    pAdjusted: figures('pAdjusted'),
    q: figures('q'),
    at: records.map(({ at }) => new Date(at ?? Number.NaN)),
  })
  return Object.defineProperties(rows, {
    file: { value: opened.path },
    records: { value: [...records] },
  }) as ProjectLedger
}

/**
 * Keeps the end of a market back: try things on `before`, then open the rest once. The ledger says when it was opened, in whichever
 * notebook.
 *
 * @throws OptionError for a time outside of the market, and without an open ledger
 * @example await liq.ledger({ file: 'ledger.jsonl' })
 * const kept = liq.holdout(btc, { from: btc.time[600] })
 * liq.sfp(kept.before, { levels: 'pivots' }).backtest()
 */
export function holdout(market: Market, options: HoldOutOptions): HoldOut & Displayable {
  assertMarket(market, 'liq.holdout')
  assertKnownOptions(options, holdOutOptions.names, 'liq.holdout')
  const { from } = holdOutOptions.resolve(options)
  const kept = holdOut(market, momentMs(from, 'liq.holdout: from'), sessionLedger)
  const text = () => {
    const bars = `${marketName(market)}: ${kept.before.length} bars to try things on, ${market.length - kept.before.length} kept back`
    const [first] = kept.openings
    if (first === undefined) return `${bars}; not opened yet`
    const times = kept.openings.length > 1 ? ` (${kept.openings.length} times)` : ''
    return `${bars}; opened on ${formatTime(Date.parse(first))} UTC${times}`
  }
  return displayed(
    {
      before: displayedMarket(kept.before),
      from: kept.from,
      get openings() {
        return kept.openings
      },
      open: (again?: { again?: boolean }) => displayedMarket(kept.open(again)),
    },
    () => ({ 'text/plain': text() }),
    text,
  )
}

/**
 * Registers what will be tested before the data is looked at. `liq.evidence(market, map, { plan })` then says whether it was kept: claims,
 * markets, options and heatmap as planned, and no test of its markets in the ledger before it.
 *
 * @throws OptionError naming the option, and without an open ledger
 * @example await liq.ledger({ file: 'ledger.jsonl' })
 * const plan = liq.register({ name: 'Is BTC drawn to clusters?', markets: ['BTC/USDT:USDT 1h'], claims: ['magnet'], options: { horizon: 12 } })
 */
export function register(source: PlanSource): Plan & Displayable {
  assertKnownOptions(source, ['name', 'markets', 'claims', 'options'], 'liq.register')
  const plan = registerPlan(source, sessionLedger)
  const text = () => planLine(plan, []).replace(/: kept$/, '')
  return displayed({ ...plan }, () => ({ 'text/plain': text() }), text)
}
