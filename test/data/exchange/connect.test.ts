import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/data/exchange/connect.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { localExchange, QUICK } from './helpers.ts'

/** A caller that can be cancelled, and hears of progress. */
function caller(exchange: LocalExchange, symbol = exchange.symbol) {
  const controller = new AbortController()
  const said: string[] = []
  const task = { signal: controller.signal, progress: (message: string) => void said.push(message) }
  const address = { exchange: exchange.venue, symbol, ccxt: exchange.ccxt }
  return {
    connection: connect(address, task, QUICK),
    said,
    stop: () => controller.abort(new Error('stopped by the user')),
  }
}

const lists = (exchange: LocalExchange) => exchange.asked('markets').length
const slow = { on: 'markets', fault: { kind: 'slow', ms: 300 } } as const

describe('an opening that two wait for', () => {
  it('goes on when the one that began it is cancelled', async () => {
    const exchange = await localExchange({ faults: [{ ...slow, at: 0 }] })
    const first = caller(exchange)
    const second = caller(exchange)
    await expect.poll(() => lists(exchange)).toBe(1)
    first.stop()
    await expect(first.connection).rejects.toThrow('stopped by the user')
    expect((await second.connection).listing.symbol).toBe(exchange.symbol)
    expect(lists(exchange)).toBe(1)
  })

  it('tells both how it goes', async () => {
    const exchange = await localExchange({ faults: [{ on: 'markets', at: 0, fault: { kind: 'status', status: 503 } }] })
    const both = [caller(exchange), caller(exchange)]
    await Promise.all(both.map(({ connection }) => connection))
    for (const { said } of both) expect(said.join('\n')).toMatch(/list of markets.*503.*trying again/)
  })

  it('ends with the last of them, and the next one opens anew', async () => {
    const exchange = await localExchange({ faults: [{ on: 'markets', at: 0, fault: { kind: 'stall' } }] })
    const both = [caller(exchange), caller(exchange)]
    await expect.poll(() => lists(exchange)).toBe(1)
    for (const { stop } of both) stop()
    for (const { connection } of both) await expect(connection).rejects.toThrow('stopped by the user')
    const third = caller(exchange)
    expect((await third.connection).listing.symbol).toBe(exchange.symbol)
    expect(lists(exchange)).toBe(2)
  })
})

it('a list that two ask for anew goes on when the one that asked first is cancelled', async () => {
  const exchange = await localExchange({ faults: [{ ...slow, at: 1 }] })
  await caller(exchange).connection
  const first = caller(exchange, 'NEW/USDT:USDT')
  const second = caller(exchange, 'NEW/USDT:USDT')
  await expect.poll(() => lists(exchange)).toBe(2)
  first.stop()
  await expect(first.connection).rejects.toThrow('stopped by the user')
  await expect(second.connection).rejects.toThrow(/has no "NEW\/USDT:USDT"/)
  expect(lists(exchange)).toBe(2)
})
