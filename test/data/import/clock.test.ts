import { describe, expect, it } from 'vitest'
import { clockShift } from '../../../src/data/import/clock.ts'
import { readMarketFile } from '../../../src/data/load-file.ts'
import type { Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { scratch } from './files.ts'

const { write } = scratch()
const HOUR = 3_600_000
const market = simulateMarket({ seed: 3, bars: 3000 })
const candleFile = write(
  JSON.stringify(
    Array.from(market.time, (time, t) => [
      time,
      market.open[t],
      market.high[t],
      market.low[t],
      market.close[t],
      market.volume[t],
    ]),
  ),
  'candles.json',
)
/** Open interest whose changes go with the volume, stamped `offset` after the close at which it was so. */
function openInterest(offset: number, seed = 1, follows = true): string {
  const rng = random(seed)
  let coins = 1e6
  const rows = Array.from(market.time, (time, t) => {
    coins += (follows ? market.volume[t]! : 100) * rng.normal() * 0.01
    return JSON.stringify({ timestamp: time + HOUR + offset, openInterest: coins })
  })
  return write(rows.join('\n'), `oi-${offset / HOUR}-${follows}.jsonl`)
}
const changes = (of: Market) => of.openInterest!.map((value, t) => value - (of.openInterest![t - 1] ?? Number.NaN))

describe('a clock that is off', () => {
  const right = openInterest(0)

  it('is not seen where there is none', async () => {
    expect((await readMarketFile({ file: [candleFile, right] })).notes).toEqual([])
    const auto = await readMarketFile({ file: [candleFile, { file: right, shift: 'auto' }] })
    expect(auto.notes).toEqual([
      expect.stringMatching(
        /^oi-0-true.jsonl: its clock fits; .* correlate most so \(0\.\d\d .* the same in 10 of 10 stretches\)$/,
      ),
    ])
  })

  for (const hours of [-1, 1, -9, 24]) {
    it(`by ${hours} h is said, and set right when that is asked for`, async () => {
      const file = openInterest(hours * HOUR)
      const say = `${-hours < 0 ? '-' : ''}${Math.abs(hours) === 24 ? '1d' : `${Math.abs(hours)}h`}`
      const told = await readMarketFile({ file: [candleFile, file] })
      expect(told.notes.join()).toContain(
        `its clock seems to be off: shifted by ${say}, the changes of its open interest and the volume correlate most so`,
      )
      expect(told.notes.join()).toContain(`Nothing was shifted; if that is right say shift: '${say}', or 'auto'`)
      const truth = changes(await readMarketFile({ file: [candleFile, right] }))
      const said = await readMarketFile({ file: [candleFile, { file, shift: say }] })
      const found = await readMarketFile({ file: [candleFile, { file, shift: 'auto' }] })
      expect(changes(said)).toEqual(truth)
      expect(changes(found)).toEqual(truth)
      expect(found.notes[0]).toContain(`its times were shifted by ${say}`)
    })
  }

  it('is not guessed from series that have nothing in common', async () => {
    const file = openInterest(5 * HOUR, 2, false)
    expect((await readMarketFile({ file: [candleFile, file] })).notes.join()).not.toContain('clock')
    await expect(readMarketFile({ file: [candleFile, { file, shift: 'auto' }] })).rejects.toThrow(
      /shift: 'auto', but its records and the candles do not tell how its clock is off/,
    )
  })

  it('is found between two files of candles', async () => {
    const against = await readMarketFile({ file: candleFile, symbol: 'REF' })
    const shifted = { ...against, time: against.time.map(ms => ms + 3 * HOUR) }
    const told = await readMarketFile({ file: candleFile, against: shifted })
    expect(told.notes.join()).toMatch(
      /candles.json: its clock seems to be off: shifted by 3h, its returns and those of REF .*\(1.00 in the mean of ranks, .* 10 of 10 stretches\)/,
    )
    const right = await readMarketFile({ file: candleFile, against: shifted, shift: 'auto' })
    expect(right.time).toEqual(shifted.time)
    expect((await readMarketFile({ file: candleFile, against })).notes).toEqual([])
  })
})

describe('clockShift', () => {
  it('finds nothing in noise, whatever the seed', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rng = random(seed)
      const noise = () => Float64Array.from({ length: 2000 }, () => rng.normal())
      expect(clockShift(noise(), noise(), HOUR)).toBeNull()
    }
  })

  it('needs enough that both have', () => {
    const values = Float64Array.from({ length: 150 }, (_, i) => (i * 37) % 101)
    expect(clockShift(values, values, HOUR)).toBeNull()
    expect(clockShift(values, new Float64Array(150).fill(Number.NaN), HOUR)).toBeNull()
  })
})
