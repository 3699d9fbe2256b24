import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { clockShift } from '../../../src/data/import/clock-shift.ts'
import { readMarketFile } from '../../../src/data/load-file.ts'
import type { Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { scratch } from './helpers.ts'

const { write } = scratch()
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
/** A file of open interest whose changes follow the volume, stamped `offset` after the close of its bar. */
function openInterest(offset: number, seed = 1, follows = true): string {
  const rng = random(seed)
  let coins = 1e6
  const rows = Array.from(market.time, (time, t) => {
    coins += (follows ? market.volume[t]! : 100) * rng.normal() * 0.01
    return JSON.stringify({ timestamp: time + HOUR + offset, openInterest: coins })
  })
  return write(rows.join('\n'), `oi-${offset / HOUR}-${follows}.jsonl`)
}
const changes = ({ openInterest = new Float64Array() }: Market) =>
  openInterest.map((value, t) => value - (openInterest[t - 1] ?? Number.NaN))

describe('a clock that is off', () => {
  const right = openInterest(0)

  it('is not reported where the clock is right', async () => {
    expect((await readMarketFile({ file: [candleFile, right] })).notes).toEqual([])
    const auto = await readMarketFile({ file: [candleFile, { file: right, shift: 'auto' }] })
    expect(auto.notes).toEqual([
      expect.stringMatching(
        /^oi-0-true.jsonl: its clock is right; .* correlate most this way \(mean rank correlation 0\.\d\d, .* the same in 10 of 10 segments\)$/,
      ),
    ])
  })

  for (const hours of [-1, 1, -9, 24]) {
    it(`by ${hours} h is reported, and corrected with the option shift`, async () => {
      const file = openInterest(hours * HOUR)
      const shift = `${-hours < 0 ? '-' : ''}${Math.abs(hours) === 24 ? '1d' : `${Math.abs(hours)}h`}`
      const reported = await readMarketFile({ file: [candleFile, file] })
      expect(reported.notes.join()).toContain(
        `its clock seems to be off: shifted by ${shift}, the changes of its open interest and the volume correlate most this way`,
      )
      expect(reported.notes.join()).toContain(`Nothing was shifted; if that is right, use shift: '${shift}' or 'auto'`)
      const truth = changes(await readMarketFile({ file: [candleFile, right] }))
      const corrected = await readMarketFile({ file: [candleFile, { file, shift }] })
      const auto = await readMarketFile({ file: [candleFile, { file, shift: 'auto' }] })
      expect(changes(corrected)).toEqual(truth)
      expect(changes(auto)).toEqual(truth)
      expect(auto.notes[0]).toContain(`its times were shifted by ${shift}`)
    })
  }

  it('is not guessed from unrelated series', async () => {
    const file = openInterest(5 * HOUR, 2, false)
    expect((await readMarketFile({ file: [candleFile, file] })).notes.join()).not.toContain('clock')
    await expect(readMarketFile({ file: [candleFile, { file, shift: 'auto' }] })).rejects.toThrow(
      /shift: 'auto', but its records and the candles do not show how its clock is off/,
    )
  })

  it('is found between two files of candles', async () => {
    const against = await readMarketFile({ file: candleFile, symbol: 'REF' })
    const shifted = { ...against, time: against.time.map(ms => ms + 3 * HOUR) }
    const reported = await readMarketFile({ file: candleFile, against: shifted })
    expect(reported.notes.join()).toMatch(
      /candles.json: its clock seems to be off: shifted by 3h, its returns and those of REF .*\(mean rank correlation 1.00, .* 10 of 10 segments\)/,
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

  it('needs enough bars that both series have', () => {
    const values = Float64Array.from({ length: 150 }, (_, i) => (i * 37) % 101)
    expect(clockShift(values, values, HOUR)).toBeNull()
    expect(clockShift(values, new Float64Array(150).fill(Number.NaN), HOUR)).toBeNull()
  })
})
