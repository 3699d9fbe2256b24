/** `liq.alerts`: what happens to the clusters of a map at its last close, told to the user. */
import { type ColumnTable, table } from 'arquero'
import { exactKey } from '../common/cache-key.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { formatTime, MINUTE } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import { assertKnownOptions, defineOptions, oneOf, option, optional } from '../common/options.ts'
import { isOffline } from '../common/store-path.ts'
import { postJson, webhookAddress } from '../data/webhook.ts'
import { type AlertOptions, alertOptions } from '../liquidation/alert-options.ts'
import type { Alert } from '../liquidation/alert-watch.ts'
import { findAlerts } from '../liquidation/alerts.ts'
import { amountFormat, assertMap, type LiquidationMap } from '../liquidation/map.ts'

export interface AlertsOptions extends AlertOptions {
  /**
   * Which alerts are printed, shown as a notification in VS Code, and posted: each once, at the end of the map or passed over
   * since the last call. `live`: those of bars that have just closed, within two bars or five minutes, so that a run over old data is
   * silent. Default `live`.
   */
  deliver?: 'live' | 'always' | 'never'
  /** Address that gets each delivered alert as JSON by POST: https, or http on this machine. Default: none. */
  webhook?: string
}

/** Alerts as a table, which is what a cell shows. */
export type Alerts = ColumnTable & {
  /** The alerts as objects, with their sentences. */
  readonly list: readonly Alert[]
  /** The same as a table without these properties. */
  table(): ColumnTable
  /** Resolves when everything is posted, with what was not and why. Never rejects; a cell waits for it before it ends. */
  readonly delivered: Promise<readonly string[]>
}

const CALLER = 'liq.alerts'

const deliveryOptions = defineOptions<Pick<AlertsOptions, 'deliver' | 'webhook'>, 'webhook'>(CALLER, {
  deliver: option('live' as const, oneOf('live', 'always', 'never')),
  webhook: optional(webhookAddress),
})

/** An alert is news for two bars, and for this long. */
const NEWS_BARS = 2
const NEWS_MS = 5 * MINUTE

/** What was told, by channel and alert, and the last close that was looked at, by market and options: the oldest are forgotten. */
const told = new Set<string>()
const lookedAt = new Map<string, number>()
const failures = new Map<string, string>()
const MAX_REMEMBERED = 10_000

/**
 * What price did to the clusters of a map at its last close: came near, swept, closed back through. Each cluster alerts once per
 * kind until price has left it. In a live cell, call it at each close: what is new is printed, shown as a notification in VS Code,
 * and posted to a `webhook`.
 *
 * @throws OptionError naming the option; DataError when `map` is not a map
 * @example liq.alerts(map, { near: { percent: 0.5 }, brightest: 5 })
 */
export function alerts(map: LiquidationMap, options: AlertsOptions = {}): Alerts {
  assertMap(map, CALLER)
  assertKnownOptions(options, [...alertOptions.names, ...deliveryOptions.names], CALLER)
  const { deliver, webhook } = deliveryOptions.resolve(deliveryOptions.pick(options))
  const rule = alertOptions.pick(options)
  const { market } = map
  const isNewest = rule.at === undefined && deliver !== 'never'
  const series = exactKey([market.source, market.symbol, market.timeframe, rule])
  const last = isNewest ? market.time.indexOf(lookedAt.get(series) ?? Number.NaN) : -1
  const found = findAlerts(map, rule, last < 0 ? undefined : last + 1)
  const list = rule.at === 'all' ? found : found.filter(({ bar }) => rule.at !== undefined || bar === market.length - 1)
  let delivered: Promise<readonly string[]> = Promise.resolve([])
  if (isNewest) {
    lookedAt.delete(series)
    remember(() => lookedAt.set(series, market.time[market.length - 1]!), lookedAt)
    const oldest = deliver === 'always' ? -Infinity : Date.now() - Math.max(NEWS_BARS * market.barMs, NEWS_MS)
    delivered = tell(
      map,
      found.filter(({ closedAt }) => closedAt >= oldest),
      webhook,
    )
  }
  const rows = () => alertTable(map, list)
  return Object.assign(rows(), { list, table: rows, delivered })
}

function tell(map: LiquidationMap, news: readonly Alert[], webhook: string | undefined): Promise<readonly string[]> {
  const { source } = map.market
  const task = currentTask()
  for (const alert of news) {
    if (!isNew(`${source} ${alert.id}`)) continue
    console.log(`Alert ${formatTime(alert.closedAt)} UTC  ${alert.text}`)
    task.notify?.(alert.text)
  }
  const posts = webhook === undefined ? [] : news.filter(({ id }) => isNew(`${webhook} ${source} ${id}`))
  if (webhook === undefined || posts.length === 0) return Promise.resolve([])
  const delivered = postAll(map, posts, webhook, task.signal)
  task.waitFor?.(delivered)
  return delivered
}

async function postAll({ market }: LiquidationMap, posts: readonly Alert[], webhook: string, signal: AbortSignal) {
  const { host } = new URL(webhook)
  const { source, symbol, timeframe } = market
  const reasons = isOffline()
    ? ['LIQNB_OFFLINE is set']
    : await Promise.all(
        posts.map(alert => {
          const { bar: _, closedAt, distanceAtr, ...rest } = alert
          const time = new Date(closedAt).toISOString()
          return postJson(
            webhook,
            { source, symbol, timeframe, time, ...rest, distanceAtr: finite(distanceAtr) },
            { signal },
          )
        }),
      )
  const failed = reasons.filter(reason => reason !== undefined)
  const notes = [...new Set(failed)].map(reason => `liq.alerts: ${host} did not take the alert: ${reason}`)
  // A live cell would say the same at every close.
  const text = notes.join('\n')
  if (text !== '' && failures.get(host) !== text) console.warn(text)
  failures.set(host, text)
  return notes
}

/** JSON has no NaN. */
const finite = (value: number) => (Number.isFinite(value) ? value : null)

function isNew(key: string): boolean {
  if (told.has(key)) return false
  remember(() => told.add(key), told)
  return true
}

function remember(add: () => void, memory: Set<string> | Map<string, number>): void {
  const [oldest] = memory.keys()
  if (oldest !== undefined && memory.size >= MAX_REMEMBERED) memory.delete(oldest)
  add()
}

function alertTable(map: LiquidationMap, list: readonly Alert[]): ColumnTable {
  const column = <Value>(value: (alert: Alert) => Value) => list.map(value)
  const alerts = table({
    closedAt: column(({ closedAt }) => new Date(closedAt)),
    bar: column(({ bar }) => bar),
    kind: column(({ kind }) => kind),
    side: column(({ side }) => side),
    low: column(({ low }) => low),
    high: column(({ high }) => high),
    peak: column(({ peak }) => peak),
    notional: column(({ notional }) => notional),
    price: column(({ price }) => price),
    distance: column(({ distance }) => distance),
    distanceAtr: column(({ distanceAtr }) => distanceAtr),
  })
  return withFormats(alerts, {
    notional: amountFormat(map),
    distance: FORMATS.signedPercent,
    distanceAtr: FORMATS.signedAtr,
  })
}
