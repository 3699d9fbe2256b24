/** `liqnb data get`. */

import { isRecord } from '../common/json.ts'
import { countText } from '../common/number-text.ts'
import type { DataAction } from './data-options.ts'
import { EXIT, UsageError } from './environment.ts'

/** Downloads what is not stored yet, and prints what is stored now. */
export const get: DataAction = async (values, { stdout, stderr }, progress) => {
  const { until, timeframe = '1h' } = values
  const exchange = requireOption('exchange', values.exchange)
  const symbol = requireOption('symbol', values.symbol)
  const since = requireOption('since', values.since)
  const extras = values.with?.split(',').map(name => name.trim())
  const { market } = await import('../api/market.ts')
  // The library checks the names of the extras.
  const loaded = await market({
    exchange,
    symbol,
    timeframe,
    since,
    store: true,
    ...(until !== undefined && { until }),
    ...(extras !== undefined && { with: extras }),
    ...(values.ccxt !== undefined && { ccxt: parseObject(values.ccxt) }),
  } as Parameters<typeof market>[0])
  progress.end()
  const from = iso(loaded.time[0])
  const to = iso(loaded.time.at(-1))
  if (values.json) {
    const { source, length, notes } = loaded
    const summary = {
      exchange: source,
      symbol: loaded.symbol,
      timeframe: loaded.timeframe,
      from,
      to,
      bars: length,
      notes,
    }
    stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    return EXIT.ok
  }
  if (!values.quiet) for (const note of loaded.notes) stderr.write(`Note: ${note}\n`)
  stdout.write(`${exchange} ${symbol} ${timeframe}: ${countText(loaded.length, 'bar')} from ${from} to ${to}\n`)
  return EXIT.ok
}

function requireOption(name: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`data get needs --${name}`)
  return value
}

const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString())

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // Reported below.
  }
  throw new UsageError(`--ccxt takes a JSON object, found ${text}`)
}
