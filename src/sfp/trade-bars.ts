/** Runs the bars of one or several markets over one account, in order of time. */
import type { Account } from './account.ts'
import type { MarketRun } from './market-run.ts'

/** Is told of every moment at which a bar closes, in order. */
export interface Recorder {
  /** The equity after the closes of moment k. */
  record(k: number, equity: number): void
  /** The equity at the moments `from` to before `to`, at which no position was open. */
  recordIdle(from: number, to: number, equity: number): void
}

/**
 * All bars of all markets. A bar's open acts at its open time, and what happens within it at its close time. At one moment come
 * first the limit orders that the closing bars filled, then the exits within these bars and their closes, then the exits at the opens, then the
 * entries there; each in order of the markets. The loops are counted, as a sweep spends its time here.
 *
 * @param closes the moments at which a bar of any market closes, epoch ms, each once, in order
 */
export function tradeBars(
  account: Account,
  runs: readonly MarketRun[],
  closes: Float64Array,
  recorder: Recorder,
): void {
  const n = runs.length
  let k = 0
  while (k < closes.length) {
    if (areIdle(runs)) {
      const equity = account.mark(k)
      const until = account.isRuined ? Infinity : nextEntryTime(runs)
      const from = k
      while (k < closes.length && closes[k]! <= until) k++
      recorder.recordIdle(from, k, equity)
      if (until === Infinity) break
      for (const run of runs) run.skipTo(until)
    }
    const now = nextEventTime(runs)
    // Bars that were left out while nothing happened have their moments too.
    while (k < closes.length && closes[k]! < now) recorder.record(k, account.mark(k++))
    for (let i = 0; i < n; i++) if (runs[i]!.closesAt(now)) runs[i]!.fillOrders()
    for (let i = 0; i < n; i++) if (runs[i]!.closesAt(now)) runs[i]!.closeBar()
    if (closes[k] === now) recorder.record(k, account.mark(k++))
    for (let i = 0; i < n; i++) if (runs[i]!.opensAt(now)) runs[i]!.openBar()
    for (let i = 0; i < n; i++) runs[i]!.enterAtOpen()
    for (let i = 0; i < n; i++) runs[i]!.settle(now)
  }
}

function areIdle(runs: readonly MarketRun[]): boolean {
  for (let i = 0; i < runs.length; i++) if (!runs[i]!.isIdle) return false
  return true
}

function nextEntryTime(runs: readonly MarketRun[]): number {
  let time = Infinity
  for (const run of runs) time = Math.min(time, run.nextEntryTime)
  return time
}

function nextEventTime(runs: readonly MarketRun[]): number {
  let time = Infinity
  for (let i = 0; i < runs.length; i++) if (runs[i]!.nextTime < time) time = runs[i]!.nextTime
  return time
}
