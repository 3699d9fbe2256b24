/** Requests the positions of accounts from an exchange, once. */
import { setMaxListeners } from 'node:events'
import { DataError } from '../../common/errors.ts'
import { currentTask, type Task } from '../../common/host.ts'
import { defineOptions, oneOf, option, optional, required, text, trueOrFalse, valueThat } from '../../common/options.ts'
import { isOffline } from '../../common/store-path.ts'
import { type ObservedPositions, ObservedPositionsBuilder, type ObservedRow } from '../../market/observed-positions.ts'
import { type Connection, connect } from '../exchange/connect.ts'
import { DEFAULT_TIMING, type LiveTiming } from '../live/timing.ts'
import { type Addresses, addressesOption, collectTraders, namedAddresses } from './addresses.ts'
import { fetchAccount, fetchCoins, fetchTriggerOrders } from './hyperliquid.ts'

export interface PositionExchangeSource {
  /** `hyperliquid`, whose positions are public. */
  exchange: string
  addresses: Addresses
  /** Also read the trigger orders of accounts with positions, at ten times the cost. Default true. */
  orders?: boolean
  /** Whose trade feed is watched for addresses. Default `BTC/USDC:USDC`. */
  symbol?: string
  /** Options for ccxt's constructor. */
  ccxt?: Record<string, unknown>
}

const CALLER = 'liq.positions'

const DEFAULT_SYMBOL = 'BTC/USDC:USDC'

/** Exchanges whose positions anybody may read. */
export const isPublicVenue = oneOf('hyperliquid')

const positionExchangeOptions = defineOptions<PositionExchangeSource, 'ccxt'>(CALLER, {
  exchange: required(isPublicVenue),
  addresses: required(addressesOption),
  orders: option(true, trueOrFalse),
  symbol: option(DEFAULT_SYMBOL, text),
  ccxt: optional(valueThat('an object of options for ccxt', value => typeof value === 'object' && value !== null)),
})

/** Requests that wait for their responses at the same time: ccxt keeps the rate limit, and this hides the latency. */
export const CONCURRENCY = 8

/** The task with a signal that all parallel requests may listen to; Node warns from 11 listeners on. */
export function parallelTask({ signal, progress }: Task, ...signals: AbortSignal[]): Task {
  const own = AbortSignal.any([signal, ...signals])
  setMaxListeners(8 * CONCURRENCY, own)
  return { signal: own, progress }
}

/**
 * Reads the positions of accounts, with the exchange's rate limit, retries and progress.
 *
 * @throws OptionError naming the option
 * @throws DataError naming account, field and value; when an account cannot be read; for a file of addresses
 */
export async function fetchPositions(
  source: PositionExchangeSource,
  timing: LiveTiming = DEFAULT_TIMING,
  callerTask: Task = currentTask(),
): Promise<ObservedPositions> {
  const task = parallelTask(callerTask)
  const { exchange, symbol, orders, addresses, ccxt } = positionExchangeOptions.resolve(source, CALLER)
  if (isOffline()) throw new DataError(`${CALLER} needs the exchange, but LIQNB_OFFLINE is set`)
  const address = { exchange, symbol, caller: CALLER, ...(ccxt && { ccxt }) }
  const named = 'trades' in addresses ? null : await namedAddresses(addresses, CALLER)
  const connection = await connect(address, task, timing.retryPolicy)
  const accounts =
    named ??
    (await collectTraders(
      { ...address, timeframe: '1m' },
      connection,
      (addresses as { trades: string }).trades,
      timing,
      task,
    ))
  const readings: ObservedRow[][] = [await readCoins(connection, 0)]
  let done = 0
  await inParallel(accounts, async account => {
    readings.push(...(await readAccount(connection, account, orders)))
    task.signal.throwIfAborted()
    task.progress(`${exchange}: ${++done} of ${accounts.length} accounts`, done / accounts.length)
  })
  readings.sort((a, b) => (a[0]?.time ?? 0) - (b[0]?.time ?? 0))
  const builder = new ObservedPositionsBuilder()
  for (const row of readings.flat()) builder.add(row)
  return builder.build({ exchange, source: exchange, synthetic: false, notes: connection.notes })
}

/** One reading of an account's positions, and one of its orders if it has any position. */
async function readAccount(connection: Connection, account: string, orders: boolean): Promise<ObservedRow[][]> {
  const positions = await fetchAccount(connection, account)
  const readings = [accountRows(account, positions, Math.floor(connection.now()))]
  if (!orders || positions.length === 0) return readings
  const triggers = await fetchTriggerOrders(connection, account, positions)
  return [...readings, orderRows(account, triggers, Math.floor(connection.now()))]
}

export function accountRows(
  account: string,
  positions: Awaited<ReturnType<typeof fetchAccount>>,
  time: number,
): ObservedRow[] {
  return [
    { time, kind: 'account', account },
    ...positions.map(row => ({ ...row, time, kind: 'position' as const, account })),
  ]
}

export function orderRows(
  account: string,
  orders: Awaited<ReturnType<typeof fetchTriggerOrders>>,
  time: number,
): ObservedRow[] {
  return [{ time, kind: 'orders', account }, ...orders.map(row => ({ ...row, time, account }))]
}

/** Open interest of all coins. @param earliest the least time of the rows */
export async function readCoins(connection: Connection, earliest: number): Promise<ObservedRow[]> {
  const coins = await fetchCoins(connection)
  const time = Math.max(earliest, Math.floor(connection.now()))
  return coins.map(({ coin, openInterest, markPrice }) => ({
    time,
    kind: 'market',
    account: '',
    coin,
    size: openInterest,
    price: markPrice,
  }))
}

/** Works on all items, {@link CONCURRENCY} at a time; the first failure ends it. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  let hasFailed = false
  const run = async () => {
    while (next < items.length && !hasFailed) {
      try {
        await work(items[next++]!)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, run))
}
