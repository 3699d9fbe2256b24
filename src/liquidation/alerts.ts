/** Alerts: price nears a cluster, sweeps it, or closes back through it. Bar by bar, from what is known at each close. */
import { exactKey } from '../common/cache-key.ts'
import { type AlertOptions, type AlertRule, alertOptions } from './alert-options.ts'
import { type Alert, ClusterWatch, type Watched } from './alert-watch.ts'
import { findBar } from './clusters.ts'
import type { LiquidationMap } from './map.ts'

/**
 * The alerts that arise at a close, or at all. Each cluster alerts once per kind until price has left it. They follow from the bars
 * up to that close alone, so more data never changes them.
 *
 * @param since also those of the bars from this one on
 * @throws OptionError naming the option that is out of range, also when `at` is not in the market
 */
export function findAlerts(
  map: LiquidationMap,
  options: AlertOptions = {},
  since?: number,
  caller = 'liq.alerts',
): Alert[] {
  const { at = map.market.length - 1, ...rule } = alertOptions.resolve(options, caller)
  const [to, from] = at === 'all' ? [map.market.length - 1, 0] : [findBar(map, at, caller), since]
  return alertsBetween(map, rule, Math.min(from ?? to, to), to)
}

/** A watch as it stood at a close, and the alerts of that close. */
interface Checkpoint {
  bar: number
  time: number
  close: number
  watched: readonly Watched[]
  raised: readonly Alert[]
}

/** A live cell asks at every close, and a search of all bars before would take seconds each time. */
const CHECKPOINTS = new Map<string, Checkpoint>()
const MAX_CHECKPOINTS = 32

function alertsBetween(map: LiquidationMap, rule: Required<AlertRule>, from: number, to: number): Alert[] {
  const { market } = map
  const key = exactKey([market.symbol, market.timeframe, market.time[0], map.options.binWidth, rule])
  const saved = CHECKPOINTS.get(key)
  const isUsable =
    saved !== undefined &&
    saved.bar <= from &&
    market.time[saved.bar] === saved.time &&
    market.close[saved.bar] === saved.close
  const start = isUsable ? saved : undefined
  const { alerts, watch } = run(map, rule, from, to, start) ?? run(map, rule, from, to)!
  CHECKPOINTS.delete(key)
  if (CHECKPOINTS.size >= MAX_CHECKPOINTS) CHECKPOINTS.delete(CHECKPOINTS.keys().next().value!)
  CHECKPOINTS.set(key, {
    bar: to,
    time: market.time[to]!,
    close: market.close[to]!,
    watched: watch.copy(),
    raised: alerts.filter(({ bar }) => bar === to),
  })
  return alerts
}

/** Alerts of bars `from` … `to`; null when the map's clusters are not those of the checkpoint. */
function run(map: LiquidationMap, rule: Required<AlertRule>, from: number, to: number, start?: Checkpoint) {
  const watch = new ClusterWatch(map, rule, start?.watched)
  const alerts: Alert[] = []
  let isSame = true
  map.replay(
    (t, book) => {
      if (!isSame || (start && t < start.bar)) return
      if (t === start?.bar) isSame = watch.hasFound(book, t)
      const raised = t === start?.bar ? start.raised : watch.step(t, book)
      if (t >= from) alerts.push(...raised)
    },
    { until: to },
  )
  return isSame ? { alerts, watch } : null
}
