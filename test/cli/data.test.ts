import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { SeriesKey } from '../../src/data/store/series-key.ts'
import { Store } from '../../src/data/store/store.ts'
import { at, candlesAt, KEY, opens } from '../data/store/helpers.ts'
import { runCommand, useFolder } from './harness.ts'

const folder = useFolder()
const liqnb = (...args: string[]) => runCommand(folder.path, 'data', ...args)
const FROM = at('2024-01-30')
const TO = at('2024-03-02')
const ETH: SeriesKey = { ...KEY, exchange: 'okx', symbol: 'ETH/USDT:USDT' }

const before = process.env.LIQNB_STORE
beforeEach(() => {
  process.env.LIQNB_STORE = folder.path
})
afterAll(() => {
  if (before === undefined) delete process.env.LIQNB_STORE
  else process.env.LIQNB_STORE = before
})

async function fillStore(): Promise<void> {
  const store = new Store(folder.path)
  await store.write(KEY, candlesAt(opens(FROM, TO).filter(time => time !== at('2024-02-05'))), [FROM, TO])
  await store.write(ETH, candlesAt([]), [FROM, TO])
}
const fileOf = (part: string) => join(new Store(folder.path).folder(KEY), `${part}.parquet`)

describe('list', () => {
  it('reports an empty store and its folder', async () => {
    expect(await liqnb('list')).toEqual({ code: 0, stdout: 'Nothing is stored.\n', stderr: `Store: ${folder.path}\n` })
  })
  it('prints a row for each series', async () => {
    await fillStore()
    const { stdout } = await liqnb('list', '-q')
    const [header, ...rows] = stdout.trimEnd().split('\n')
    expect(header!.split(/ {2,}/)).toEqual([
      'exchange',
      'symbol',
      'series',
      'timeframe',
      'from',
      'to',
      'bars',
      'gaps',
      'size',
    ])
    expect(rows).toEqual([
      expect.stringMatching(
        /^binanceusdm {2}BTC\/USDT:USDT {2}candles {2}1h .* 2024-01-30 00:00 {2}2024-03-01 23:00 {2} *767 {5}1 .* kB$/,
      ),
      expect.stringMatching(/^okx .* – +– +0 +0 .*B$/),
    ])
  })
  it('takes a filter and prints JSON', async () => {
    await fillStore()
    const { stdout } = await liqnb('list', '--exchange', 'binanceusdm', '--json', '-q')
    expect(JSON.parse(stdout)).toEqual([
      {
        ...KEY,
        from: '2024-01-30T00:00:00.000Z',
        to: '2024-03-01T23:00:00.000Z',
        bars: 32 * 24 - 1,
        gaps: 1,
        bytes: expect.any(Number),
      },
    ])
  })
})

describe('unmanaged files in the store’s folders', () => {
  it('are noted and left alone', async () => {
    await fillStore()
    const unmanaged = fileOf('2024-13')
    await writeFile(unmanaged, 'mine')
    const note = `Note: ${unmanaged} is left alone: the store uses no such name\n`
    const listed = await liqnb('list')
    expect(listed).toMatchObject({ code: 0, stderr: `Store: ${folder.path}\n${note}` })
    expect(listed.stdout).toContain('binanceusdm')
    expect(await liqnb('list', '-q')).toMatchObject({ code: 0, stdout: listed.stdout, stderr: '' })
    const { stdout } = await liqnb('list', '--json')
    expect(JSON.parse(stdout)).toHaveLength(2)
    expect(await liqnb('verify')).toMatchObject({ code: 0, stderr: expect.stringContaining(note) })
    expect(await liqnb('remove', '--all')).toMatchObject({ code: 0, stderr: expect.stringContaining(note) })
    expect(await readFile(unmanaged, 'utf8')).toBe('mine')
  })

  it('are named up to a limit', async () => {
    await fillStore()
    for (let i = 0; i < 13; i++) await writeFile(`${fileOf('2024-01')}.${i}.bak`, '')
    const notes = (await liqnb('list')).stderr.trimEnd().split('\n').slice(1)
    expect(notes).toHaveLength(11)
    expect(notes[10]).toMatch(/^Note: 3 more /)
  })
})

describe('verify', () => {
  it('finds no problem in intact files', async () => {
    await fillStore()
    expect(await liqnb('verify')).toMatchObject({ code: 0, stdout: 'All stored files are intact.\n' })
    expect(await liqnb('verify', '--json')).toMatchObject({ code: 0, stdout: '[]\n' })
  })
  it('names each damaged or missing file and fails', async () => {
    await fillStore()
    await truncate(fileOf('2024-02'), 700)
    await rm(fileOf('2024-03'))
    const { code, stdout } = await liqnb('verify')
    expect(code).toBe(1)
    expect(stdout).toContain(`${fileOf('2024-02')}: it is cut off or not a Parquet file`)
    expect(stdout).toContain(`${fileOf('2024-03')}: it is missing\n`)
    expect(JSON.parse((await liqnb('verify', '--json')).stdout)).toHaveLength(2)
  })
})

describe('remove', () => {
  it('removes and lists what the filter names', async () => {
    await fillStore()
    const { code, stdout } = await liqnb('remove', '--symbol', 'ETH/USDT:USDT')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Removed:\nexchange .*\nokx {2,}ETH\/USDT:USDT .*\n$/)
    expect((await liqnb('list', '-q')).stdout).not.toContain('ETH')
    expect(await liqnb('remove', '--symbol', 'ETH/USDT:USDT')).toMatchObject({
      code: 0,
      stdout: 'Nothing matches; nothing was removed.\n',
    })
    await liqnb('remove', '--all')
    expect(await readdir(folder.path)).toEqual([])
  })
})

describe('failures', () => {
  it.each([
    [[], 2, 'data takes get, list, verify, remove, export, describe, found nothing'],
    [['frob'], 2, 'found "frob"'],
    [['list', 'x'], 2, 'data list takes options only, but there is also x'],
    [['list', '--since', '2024-01-01'], 2, 'data list does not take --since'],
    [['list', '--exchnage', 'okx'], 2, "Unknown option '--exchnage' (did you mean --exchange?)"],
    [['remove'], 2, 'data remove needs a filter, or --all'],
    [['remove', '--all', '--exchange', 'okx'], 2, '--all removes everything; leave the filter out'],
    [['get', '--symbol', 'BTC/USDT:USDT', '--since', '2024-01-01'], 2, 'data get needs --exchange'],
    [
      ['get', '--exchange', 'okx', '--symbol', 'X', '--since', 'soon'],
      1,
      'liq.market: since: "soon", but expected a date',
    ],
  ])('%j', async (args, code, message) => {
    const result = await liqnb(...args)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(message)
  })
  it('a relative store path', async () => {
    process.env.LIQNB_STORE = 'here'
    expect(await liqnb('list')).toMatchObject({
      code: 1,
      stderr: 'liqnb: LIQNB_STORE: "here" is not an absolute path\n',
    })
  })
})
