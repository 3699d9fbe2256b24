import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/data/exchange/connect.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from './helpers.ts'

/** Connects with a task of its own, which can be cancelled and collects its progress. */
function startConnecting(exchange: LocalExchange, symbol = exchange.symbol) {
  const controller = new AbortController()
  const messages: string[] = []
  const task = { signal: controller.signal, progress: (message: string) => void messages.push(message) }
  const address = { exchange: exchange.venue, symbol, ccxt: exchange.ccxt }
  return {
    connection: connect(address, task, FAST_RETRIES),
    messages,
    stop: () => controller.abort(new Error('stopped by the user')),
  }
}

const countLists = (exchange: LocalExchange) => exchange.requestsTo('markets').length
const slow = { on: 'markets', fault: { kind: 'slow', ms: 300 } } as const

describe('a connection that two tasks wait for', () => {
  it('continues when the task that began it is cancelled', async () => {
    const exchange = await localExchange({ faults: [{ ...slow, at: 0 }] })
    const first = startConnecting(exchange)
    const second = startConnecting(exchange)
    await expect.poll(() => countLists(exchange)).toBe(1)
    first.stop()
    await expect(first.connection).rejects.toThrow('stopped by the user')
    expect((await second.connection).instrument.symbol).toBe(exchange.symbol)
    expect(countLists(exchange)).toBe(1)
  })

  it('reports its progress to both', async () => {
    const exchange = await localExchange({ faults: [{ on: 'markets', at: 0, fault: { kind: 'status', status: 503 } }] })
    const both = [startConnecting(exchange), startConnecting(exchange)]
    await Promise.all(both.map(({ connection }) => connection))
    for (const { messages } of both) expect(messages.join('\n')).toMatch(/list of markets.*503.*trying again/)
  })

  it('ends with the last of them; the next task starts again', async () => {
    const exchange = await localExchange({ faults: [{ on: 'markets', at: 0, fault: { kind: 'stall' } }] })
    const both = [startConnecting(exchange), startConnecting(exchange)]
    await expect.poll(() => countLists(exchange)).toBe(1)
    for (const { stop } of both) stop()
    for (const { connection } of both) await expect(connection).rejects.toThrow('stopped by the user')
    const third = startConnecting(exchange)
    expect((await third.connection).instrument.symbol).toBe(exchange.symbol)
    expect(countLists(exchange)).toBe(2)
  })
})

it('a reload of the list of markets continues when the first of two tasks is cancelled', async () => {
  const exchange = await localExchange({ faults: [{ ...slow, at: 1 }] })
  await startConnecting(exchange).connection
  const first = startConnecting(exchange, 'NEW/USDT:USDT')
  const second = startConnecting(exchange, 'NEW/USDT:USDT')
  await expect.poll(() => countLists(exchange)).toBe(2)
  first.stop()
  await expect(first.connection).rejects.toThrow('stopped by the user')
  await expect(second.connection).rejects.toThrow(/symbol: "NEW\/USDT:USDT", but expected a symbol of/)
  expect(countLists(exchange)).toBe(2)
})
