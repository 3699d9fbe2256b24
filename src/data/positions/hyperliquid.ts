/** Hyperliquid's accounts: requests to its public `info` endpoint, and checks of every value that they return. */
import { DataError, quoteValue } from '../../common/errors.ts'
import { isRecord } from '../../common/json.ts'
import type { ObservedRow } from '../../market/observed-positions.ts'
import type { Connection } from '../exchange/connect.ts'
import { callApi, listAt } from '../exchange/endpoint.ts'

/** What an account has in one coin. */
export type Position = Required<
  Pick<ObservedRow, 'coin' | 'size' | 'price' | 'entry' | 'leverage' | 'margin' | 'isolated'>
>

/** A trigger order that closes a position. */
export type TriggerOrder = Required<Pick<ObservedRow, 'coin' | 'size' | 'price'>> & { kind: 'stop' | 'takeProfit' }

/** Open interest (coins) and mark price of a coin. */
export interface CoinState {
  coin: string
  openInterest: number
  markPrice: number
}

const ADDRESS = /^0x[0-9a-f]{40}$/

/** An address in lower case; undefined if it is none. */
export function parseAddress(value: unknown): string | undefined {
  const address = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return ADDRESS.test(address) ? address : undefined
}

/**
 * The positions of an account in all coins (weight 2 of the 1,200 a minute that an IP address has).
 * @throws DataError naming account, field and value
 */
export async function fetchAccount(connection: Connection, address: string): Promise<Position[]> {
  const response = await ask(
    connection,
    async () => {
      const body = await callApi(connection, 'publicPostInfo', { type: 'clearinghouseState', user: address })
      // Checked here, so that a response without its list is requested again.
      listAt(body, 'assetPositions')
      return body
    },
    `positions of ${address}`,
  )
  return parseAccount(response, address)
}

/**
 * The stop and take-profit orders that close positions of an account (weight 20).
 * @param positions those of the account: an order for a whole position has no size of its own
 * @throws DataError naming account, field and value
 */
export async function fetchTriggerOrders(
  connection: Connection,
  address: string,
  positions: readonly Position[],
): Promise<TriggerOrder[]> {
  const response = await ask(
    connection,

    async () => listAt(await callApi(connection, 'publicPostInfo', { type: 'frontendOpenOrders', user: address })),
    `orders of ${address}`,
  )
  return parseTriggerOrders(response, address, positions)
}

/** Open interest and mark price of all coins (weight 20). @throws DataError naming coin, field and value */
export async function fetchCoins(connection: Connection): Promise<CoinState[]> {
  const response = await ask(
    connection,
    async () => {
      const body = await callApi(connection, 'publicPostInfo', { type: 'metaAndAssetCtxs' })
      listAt(body, '0', 'universe')
      listAt(body, '1')
      return body as [{ universe: unknown[] }, unknown[]]
    },
    'open interest',
  )
  return parseCoins(response)
}

/**
 * Sends a request, with retries. @throws DataError also for what the exchange refuses; the signal's reason on abort
 */
async function ask<T>(connection: Connection, send: () => Promise<T>, label: string): Promise<T> {
  const { BaseError } = await import('../ccxt.ts')
  try {
    return await connection.request(send, label)
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    throw new DataError(`${connection.exchange.id}: ${label}: ${error.message}`, { cause: error })
  }
}

/** Reads the fields of a value, and says where a wrong one is. */
class Fields {
  readonly #value: Record<string, unknown>
  readonly #place: string

  constructor(value: unknown, place: string) {
    if (!isRecord(value)) throw new DataError(`${place}: ${quoteValue(value)}, but expected an object`)
    this.#value = value
    this.#place = place
  }

  raw(name: string): unknown {
    return this.#value[name]
  }

  wrong(name: string, expected: string): DataError {
    return new DataError(`${this.#place}.${name}: ${quoteValue(this.#value[name])}, but expected ${expected}`)
  }

  within(name: string): Fields {
    return new Fields(this.#value[name], `${this.#place}.${name}`)
  }

  text(name: string): string {
    const value = this.#value[name]
    if (typeof value !== 'string' || value === '') throw this.wrong(name, 'text')
    return value
  }

  flag(name: string): boolean {
    const value = this.#value[name]
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false')
    return value
  }

  /** A number or a decimal in text, as the exchange sends both. */
  number(name: string, expected: string, holds: (value: number) => boolean): number {
    const value = this.#value[name]
    const isText = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
    const number = isText ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number) || !holds(number)) throw this.wrong(name, expected)
    return number
  }
}

const isPositive = (value: number): boolean => value > 0

/** @throws DataError naming the invalid field and its value */
export function parseAccount(response: unknown, address: string): Position[] {
  const list = (response as { assetPositions: unknown[] }).assetPositions
  return list.map((entry, i): Position => {
    const position = new Fields(entry, `${address}: assetPositions[${i}]`).within('position')
    const leverage = position.within('leverage')
    const mode = leverage.raw('type')
    if (mode !== 'isolated' && mode !== 'cross') throw leverage.wrong('type', 'isolated or cross')
    const hasLevel = position.raw('liquidationPx') !== null
    return {
      coin: position.text('coin'),
      size: position.number('szi', 'a number of coins other than 0', size => size !== 0),
      price: hasLevel ? position.number('liquidationPx', 'a price above 0, or null', isPositive) : Number.NaN,
      entry: position.number('entryPx', 'a price above 0', isPositive),
      leverage: leverage.number('value', '1 to 1000', value => value >= 1 && value <= 1000),
      margin: position.number('marginUsed', 'USD of 0 or more', value => value >= 0),
      isolated: mode === 'isolated' ? 1 : 0,
    }
  })
}

/** Types of trigger orders: `Stop Market`, `Stop Limit`, `Take Profit Market`, `Take Profit Limit`. */
const ORDER_TYPE = /^(Stop|Take Profit) (Market|Limit)$/

/** @throws DataError naming the invalid field and its value */
export function parseTriggerOrders(
  response: readonly unknown[],
  address: string,
  positions: readonly Position[],
): TriggerOrder[] {
  return response.flatMap((entry, i): TriggerOrder[] => {
    const order = new Fields(entry, `${address}: orders[${i}]`)
    if (!order.flag('isTrigger') || !order.flag('reduceOnly')) return []
    const coin = order.text('coin')
    const side = order.raw('side')
    if (side !== 'A' && side !== 'B') throw order.wrong('side', 'A or B')
    const [, type] = ORDER_TYPE.exec(order.text('orderType')) ?? []
    if (type === undefined) throw order.wrong('orderType', 'a stop or take-profit order')
    const size = order.number('sz', 'a number of coins of 0 or more', value => value >= 0)
    // A sell closes a long. An order for the whole position has the size 0.
    const isLong = side === 'A'
    const whole = positions.find(position => position.coin === coin && position.size > 0 === isLong)
    const coins = order.flag('isPositionTpsl') && size === 0 ? Math.abs(whole?.size ?? 0) : size
    const price = order.number('triggerPx', 'a price above 0', isPositive)
    if (coins === 0) return []
    return [{ kind: type === 'Stop' ? 'stop' : 'takeProfit', coin, size: isLong ? coins : -coins, price }]
  })
}

/** @throws DataError naming the invalid field and its value */
export function parseCoins([{ universe }, contexts]: readonly [{ universe: unknown[] }, unknown[]]): CoinState[] {
  return universe.map((entry, i) => {
    const coin = new Fields(entry, `universe[${i}]`).text('name')
    const context = new Fields(contexts[i], `${coin}: context`)
    return {
      coin,
      openInterest: context.number('openInterest', 'coins of 0 or more', value => value >= 0),
      markPrice: context.number('markPx', 'a price above 0', isPositive),
    }
  })
}
