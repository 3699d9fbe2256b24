import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cli } from '../../src/cli/cli.ts'
import { at } from '../data/store/helpers.ts'
import { type LocalExchange, startExchange } from '../exchange-server/server.ts'
import { runCommand, useFolder } from './harness.ts'

const folder = useFolder()
let exchange: LocalExchange
beforeAll(async () => {
  exchange = await startExchange({ now: () => at('2026-03-12T10:20') })
})
beforeEach(() => {
  vi.stubEnv('LIQNB_STORE', folder.path)
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(() => exchange.close())

const getArguments = (...args: string[]) => getArgumentsFor(exchange, ...args)
const getArgumentsFor = ({ venue, symbol, ccxt }: LocalExchange, ...args: string[]) => {
  const source = ['--exchange', venue, '--symbol', symbol, '--since', '2026-02-01', '--ccxt', JSON.stringify(ccxt)]
  return ['data', 'get', ...source, ...args]
}
const run = (...args: string[]) => runCommand(folder.path, ...args)

describe('data get', () => {
  it('downloads once, then loads from the store', async () => {
    const first = await run(...getArguments('--until', '2026-03-01', '--with', 'funding,openInterest'))
    expect(first).toMatchObject({
      code: 0,
      stdout: 'binanceusdm BTC/USDT:USDT 1h: 672 bars from 2026-02-01T00:00:00.000Z to 2026-02-28T23:00:00.000Z\n',
    })
    expect(first.stderr).toContain('Note: binanceusdm keeps open interest for')
    exchange.requests.length = 0
    const second = await run(...getArguments('--until', '2026-03-01', '--json'))
    expect(JSON.parse(second.stdout)).toEqual({
      exchange: 'binanceusdm',
      symbol: 'BTC/USDT:USDT',
      timeframe: '1h',
      from: '2026-02-01T00:00:00.000Z',
      to: '2026-02-28T23:00:00.000Z',
      bars: 672,
      notes: [],
    })
    expect(exchange.requests).toEqual([])
    const listed = JSON.parse((await run('data', 'list', '--json', '-q')).stdout) as { series: string }[]
    expect(listed.map(({ series }) => series)).toEqual(['candles', 'funding', 'openInterest'])
    expect((await run('data', 'verify')).code).toBe(0)
  })

  it('names what is missing offline', async () => {
    vi.stubEnv('LIQNB_OFFLINE', '1')
    const { code, stdout, stderr } = await run(...getArguments('--until', '2026-03-01'))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^liqnb: binanceusdm BTC\/USDT:USDT 1h candles: 2026-02-01 00:00 to 2026-03-01 00:00 \(UTC\) is not stored/,
    )
  })

  it('stops at Ctrl-C and keeps what was downloaded', async () => {
    const faults = [{ at: 1, fault: { kind: 'stall' } }] as const
    const stalling = await startExchange({ now: exchange.now, faults })
    const text = { stdout: '', stderr: '' }
    const sink = (name: keyof typeof text) => ({
      write: (part: string) => {
        text[name] += part
      },
    })
    const stop = new AbortController()
    const running = cli(getArgumentsFor(stalling, '--since', '2025-12-01', '-q'), {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      cwd: folder.path,
      dist: pathToFileURL(`${folder.path}/`),
      signal: stop.signal,
    })
    while (stalling.requestsTo('candles').length < 2) await new Promise(resolve => setTimeout(resolve, 2))
    stop.abort()
    expect(await running).toBe(130)
    await stalling.close()
    expect(text).toEqual({ stdout: '', stderr: 'Interrupted; what was downloaded is kept.\n' })
    const [candles] = JSON.parse((await run('data', 'list', '--json', '-q')).stdout) as { bars: number }[]
    expect(candles!.bars).toBeGreaterThan(500)
  })

  it.each([
    [['--ccxt', '[1]'], 2, '--ccxt takes a JSON object, found [1]'],
    [['--with', 'volume'], 1, 'liq.market: with[0]: "volume", but expected openInterest'],
    [
      ['--symbol', 'BTC/EUR:EUR'],
      1,
      'symbol: "BTC/EUR:EUR", but expected a symbol of binanceusdm; similar ones: BTC/USDT:USDT',
    ],
  ])('refuses %j', async (args, code, message) => {
    const result = await run(...getArguments(...args))
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(message)
  })
})
