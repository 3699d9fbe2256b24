import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { Store } from '../../../src/data/store/store.ts'
import { type LocalExchange, startExchange } from '../../exchange-server/server.ts'
import { buildDownloader, type Download, findLoss, runDownload } from './download-process.ts'
import { at, KEY, useFolder } from './helpers.ts'

/** Number of kills. A long run: LIQNB_KILLS=1000, with LIQNB_KILL_CCXT=1 through the real ccxt. */
const KILLS = Number(process.env.LIQNB_KILLS ?? 8)
const CCXT = process.env.LIQNB_KILL_CCXT === '1'

const folder = useFolder()
let exchange: LocalExchange
let built: Awaited<ReturnType<typeof buildDownloader>>
beforeAll(async () => {
  built = await buildDownloader(CCXT)
  exchange = await startExchange({ now: () => at('2026-03-12') })
})
afterAll(async () => {
  await exchange.close()
  await built.remove()
})

const FROM = at('2025-12-10T05:00')
const TO = at('2026-02-20')
const download = (page: number): Download => ({
  exchange,
  path: folder.path,
  range: [FROM, TO],
  page,
})
const BARS = (TO - FROM) / HOUR

it('lets two processes download the same range at once', async () => {
  const both = await Promise.all([runDownload(built.script, download(90)), runDownload(built.script, download(130))])
  expect(both).toMatchObject([
    { bars: BARS, error: '' },
    { bars: BARS, error: '' },
  ])
  expect(await findLoss(download(90), TO)).toBeUndefined()
  const files = await readdir(new Store(folder.path).folder(KEY))
  expect(files.filter(name => !/^(\d{4}-\d\d\.parquet|_parts)$/.test(name))).toEqual([])
})

it('keeps both ranges when two processes download parts of the same month', async () => {
  const [from, middle, to] = [at('2026-01-02'), at('2026-01-12'), at('2026-01-22')]
  const halves = [
    { ...download(6), range: [from, middle] },
    { ...download(6), range: [middle, to] },
  ] as const
  const ended = await Promise.all(halves.map(half => runDownload(built.script, half)))
  expect(ended).toMatchObject([
    { bars: 240, error: '' },
    { bars: 240, error: '' },
  ])
  expect(await findLoss({ ...download(6), range: [from, to] }, to)).toBeUndefined()
})

it('loses no stored bar to kill -9 at any moment, and continues there', {
  timeout: 120_000 + KILLS * 10_000,
}, async () => {
  const counts = { kills: 0, pages: 0, downloads: 0, leftovers: 0 }
  // The duration of a whole download, so that kills happen at any moment of it.
  const { ms } = await runDownload(built.script, { ...download(60), path: `${folder.path}/whole`, ccxt: CCXT })
  for (let number = 0; counts.kills < KILLS; number++) {
    const task = { ...download(60), path: `${folder.path}/${number}`, ccxt: CCXT }
    let stored = 0
    for (let done = false; !done; ) {
      // Every third time, a second process downloads the same and is killed at another moment.
      const writers = counts.kills % 3 === 2 ? 2 : 1
      const killAfterMs = () => (counts.kills < KILLS ? (Math.random() * ms) / 2 : undefined)
      const ended = await Promise.all(
        Array.from({ length: writers }, () => runDownload(built.script, task, killAfterMs())),
      )
      for (const { error, stored: end, bars } of ended) {
        expect(error).toBe('')
        stored = Math.max(stored, end)
        if (end > 0) counts.pages++
        if (bars === undefined) counts.kills++
        else expect(bars).toBe(BARS)
      }
      done = ended.every(({ bars }) => bars !== undefined)
      const files = await readdir(new Store(task.path).folder(KEY)).catch(() => [])
      counts.leftovers += files.filter(name => /lock|tmp/.test(name)).length
      expect(await findLoss(task, done ? task.range[1] : stored)).toBeUndefined()
    }
    counts.downloads++
  }
  expect(counts.kills).toBeGreaterThanOrEqual(KILLS)
  if (KILLS > 100) console.log(counts)
})
