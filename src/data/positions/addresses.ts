/** Addresses of accounts: from a list, from a file, or from a public trade feed. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { durationMs } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { type Check, duration } from '../../common/options.ts'
import type { Connection } from '../exchange/connect.ts'
import { findFiles } from '../import/find-files.ts'
import { withFileName } from '../import/read-rows.ts'
import { runFeed } from '../live/feed.ts'
import { openSocket } from '../live/socket.ts'
import type { LiveTiming } from '../live/timing.ts'
import type { FollowedMarket } from '../live/types.ts'
import { parseAddress } from './hyperliquid.ts'

/**
 * Addresses, `0x` and 40 hex digits each: a list; `{ file }` with one per line (or first in a line of CSV), or a JSON list;
 * or `{ trades: '10m' }`: those that trade the symbol while its public trade feed is watched for that long.
 */
export type Addresses = readonly string[] | { file: string } | { trades: string | number }

export const addressesOption: Check = value => {
  const expected = { expected: "a list of addresses, { file: 'addresses.txt' } or { trades: '10m' }" }
  if (Array.isArray(value)) {
    const index = value.findIndex(address => parseAddress(address) === undefined)
    if (index >= 0) return { expected: '0x and 40 hex digits', path: `[${index}]`, value: value[index] }
    return value.length > 0 ? undefined : expected
  }
  if (typeof value !== 'object' || value === null) return expected
  const [[name, inner] = [], ...others] = Object.entries(value)
  if (others.length > 0) return expected
  if (name === 'file') return typeof inner === 'string' && inner !== '' ? undefined : expected
  return name === 'trades' ? duration()(inner) && { ...duration()(inner)!, path: '.trades', value: inner } : expected
}

/** The addresses that a list or a file names, each once. @throws DataError naming file, row and value */
export async function namedAddresses(
  addresses: readonly string[] | { file: string },
  caller: string,
): Promise<string[]> {
  if (!('file' in addresses)) return [...new Set(addresses.map(address => parseAddress(address)!))]
  const [entry] = await findFiles(addresses.file, {}, caller)
  const path = entry!.file
  return withFileName(basename(path), async () => parseAddressFile(await readFile(path, 'utf8')))
}

/** A first line that names the column. */
const HEADER = /^"?(address|account|user|wallet|trader)"?(,|;|$)/i

function parseAddressFile(text: string): string[] {
  const rows = text.trimStart().startsWith('[') ? parseList(text) : text.split(/\r?\n/)
  const out = new Set<string>()
  for (const [i, row] of rows.entries()) {
    const cell =
      typeof row === 'string'
        ? row
            .split(/[,;\t]/)[0]!
            .replaceAll('"', '')
            .trim()
        : row
    if (cell === '' || (i === 0 && HEADER.test(String(row)))) continue
    const address = parseAddress(cell)
    if (address === undefined)
      throw new DataError(`Row ${i + 1}, address: ${quoteValue(cell)}, but expected 0x and 40 hex digits`)
    out.add(address)
  }
  if (out.size === 0) throw new DataError('The file holds no addresses')
  return [...out]
}

function parseList(text: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[]
  } catch (error) {
    throw new DataError(`The file is not a JSON list: ${(error as Error).message}`)
  }
}

/**
 * Watches the trade feed of a symbol and calls back with both traders of each trade, until the signal ends it. The feed
 * connects again by itself.
 * @throws DataError for a trade without its two addresses
 */
export async function watchTraders(
  source: FollowedMarket,
  connection: Connection,
  timing: LiveTiming,
  signal: AbortSignal,
  onAddress: (address: string) => void,
  onNote: (text: string) => void,
): Promise<void> {
  const stop = new AbortController()
  let failure: unknown
  const listener = {
    onConnected() {},
    onActivity() {},
    onDisconnected: (reason: string) => onNote(`trades: ${reason}; connecting again`),
    onRows(rows: readonly unknown[]) {
      try {
        for (const row of rows) for (const address of tradersOf(row)) onAddress(address)
      } catch (error) {
        failure = error
        stop.abort()
      }
    },
  }
  const open = (handlers: Parameters<typeof openSocket>[4]) =>
    openSocket(source, connection, 'trades', timing.keepAliveMs, handlers)
  await runFeed(open, listener, true, timing, AbortSignal.any([signal, stop.signal]))
  if (failure !== undefined) throw failure
}

/** Buyer and seller of a trade, as ccxt passes it on. */
function tradersOf(row: unknown): string[] {
  const users = (row as { info?: { users?: unknown } }).info?.users
  const addresses = Array.isArray(users) ? users.map(parseAddress) : []
  if (addresses.length !== 2 || addresses.includes(undefined))
    throw new DataError(`a trade of hyperliquid, users: ${quoteValue(users)}, but expected two addresses`)
  return addresses as string[]
}

/** Collects traders for a time span. */
export async function collectTraders(
  source: FollowedMarket,
  connection: Connection,
  span: string | number,
  timing: LiveTiming,
  task: Task,
): Promise<string[]> {
  const out = new Set<string>()
  const end = AbortSignal.timeout(durationMs(span, 'addresses.trades'))
  const onAddress = (address: string) => {
    if (out.has(address)) return
    out.add(address)
    task.progress(`${source.exchange}: ${out.size} traders of ${source.symbol}`)
  }
  await watchTraders(source, connection, timing, AbortSignal.any([task.signal, end]), onAddress, task.progress)
  task.signal.throwIfAborted()
  if (out.size === 0) throw new DataError(`${source.caller}: nobody traded ${source.symbol} within ${span}`)
  return [...out]
}
