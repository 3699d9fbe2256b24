import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Store } from '../../../src/data/store/store.ts'
import { type LocalExchange, startExchange } from '../../exchange-server/server.ts'
import { at, useFolder } from './helpers.ts'
import { buildDownloader, type Download, findLoss, KEY, runDownload } from './killing.ts'

/** Many more than the few of an ordinary run: LIQNB_KILLS=1000, with LIQNB_KILL_CCXT=1 through the real ccxt. */
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
const BARS = (TO - FROM) / 3_600_000

it('two processes that download the same at once get in nobody’s way', async () => {
  const both = await Promise.all([runDownload(built.script, download(90)), runDownload(built.script, download(130))])
  expect(both).toMatchObject([
    { bars: BARS, error: '' },
    { bars: BARS, error: '' },
  ])
  expect(await findLoss(download(90), TO)).toBeUndefined()
  const left = await readdir(new Store(folder.path).folder(KEY))
  expect(left.filter(name => !/^(\d{4}-\d\d\.parquet|_parts)$/.test(name))).toEqual([])
})

it('two processes that download different stretches of the same month lose none of them', async () => {
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

it('kill -9 at any moment loses nothing that was stored, and the next download goes on there', {
  timeout: 120_000 + KILLS * 10_000,
}, async () => {
  const said = { kills: 0, pages: 0, downloads: 0, leftovers: 0 }
  // How long a download takes here and now, so that kills fall into all of its moments.
  const { ms } = await runDownload(built.script, { ...download(60), path: `${folder.path}/whole`, ccxt: CCXT })
  for (let number = 0; said.kills < KILLS; number++) {
    const work = { ...download(60), path: `${folder.path}/${number}`, ccxt: CCXT }
    let stored = 0
    for (let done = false; !done; ) {
      // Every third time a second process downloads the same, and is killed at another moment.
      const writers = said.kills % 3 === 2 ? 2 : 1
      const moment = () => (said.kills < KILLS ? (Math.random() * ms) / 2 : undefined)
      const ended = await Promise.all(Array.from({ length: writers }, () => runDownload(built.script, work, moment())))
      for (const { error, stored: end, bars } of ended) {
        expect(error).toBe('')
        stored = Math.max(stored, end)
        if (end > 0) said.pages++
        if (bars === undefined) said.kills++
        else expect(bars).toBe(BARS)
      }
      done = ended.every(({ bars }) => bars !== undefined)
      const left = await readdir(new Store(work.path).folder(KEY)).catch(() => [])
      said.leftovers += left.filter(name => /lock|tmp/.test(name)).length
      expect(await findLoss(work, done ? work.range[1] : stored)).toBeUndefined()
    }
    said.downloads++
  }
  expect(said.kills).toBeGreaterThanOrEqual(KILLS)
  if (KILLS > 100) console.log(said)
})
