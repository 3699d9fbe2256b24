import { isObject } from '../notebook/rules.ts'
import type { DataAction } from './data-options.ts'
import { EXIT, UsageError } from './environment.ts'

/** Downloads what is not stored yet, and says what there is now. */
export const get: DataAction = async (values, { stdout, stderr }, progress) => {
  const { exchange, symbol, since, until, timeframe = '1h' } = values
  for (const [name, value] of Object.entries({ exchange, symbol, since })) {
    if (value === undefined) throw new UsageError(`data get needs --${name}`)
  }
  const extras = values.with?.split(',').map(name => name.trim())
  const { market } = await import('../api/market.ts')
  const source = { exchange: exchange!, symbol: symbol!, timeframe, since: since!, store: true }
  const loaded = await market({
    ...source,
    ...(until === undefined ? {} : { until }),
    ...(extras === undefined ? {} : { with: extras }),
    ...(values.ccxt === undefined ? {} : { ccxt: readObject(values.ccxt) }),
  } as Parameters<typeof market>[0])
  progress.end()
  const [from, to] = [loaded.time[0]!, loaded.time.at(-1)!].map(time => new Date(time).toISOString())
  if (values.json) {
    const { source, symbol, timeframe, length, notes } = loaded
    stdout.write(`${JSON.stringify({ exchange: source, symbol, timeframe, from, to, bars: length, notes }, null, 2)}\n`)
    return EXIT.ok
  }
  if (!values.quiet) for (const note of loaded.notes) stderr.write(`Note: ${note}\n`)
  stdout.write(`${exchange} ${symbol} ${timeframe}: ${loaded.length} bars from ${from} to ${to}\n`)
  return EXIT.ok
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Said below.
  }
  throw new UsageError(`--ccxt takes a JSON object, found ${text}`)
}
