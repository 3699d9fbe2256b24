/** Random markets that move together, and random signals on them. */
import { createMarket, type Market } from '../../../src/market/market.ts'
import type { Signal } from '../../../src/sfp/detect.ts'
import { random } from '../../../src/stats/random.ts'
import { HOUR, START } from '../../market/fixtures.ts'
import { createLevel, createSignal } from '../helpers.ts'

/** Bars of hours in `hours` hours from `START` on, with gaps; the share `common` of each step is the same in all markets. */
export function randomMarkets(seed: number, count: number, hours = 300): { market: Market; signals: Signal[] }[] {
  const shared = random(seed)
  const steps = Array.from({ length: hours }, () => shared.uniform() - 0.5)
  return Array.from({ length: count }, (_, m) => {
    const { uniform } = random(1000 * seed + m)
    const length = [1, 1, 2, 4][Math.floor(4 * uniform())]!
    const begins = Math.floor(uniform() * 40)
    const ends = hours - Math.floor(uniform() * 40)
    const common = uniform() < 0.5 ? 0.9 : 0.1
    const rows: number[][] = []
    let price = 100
    for (let h = begins - (begins % length); h + length <= ends; h += length) {
      const path = [price * (1 + 0.002 * (uniform() - 0.5))]
      for (let k = 0; k < 4 * length; k++) {
        const own = uniform() - 0.5
        const step = common * steps[h + Math.floor(k / 4)]! + (1 - common) * own
        path.push(path.at(-1)! * (1 + 0.02 * step))
      }
      price = path.at(-1)!
      if (uniform() < 0.04) continue
      const rate = uniform() < 0.2 ? 0.001 * (uniform() - 0.5) : 0
      rows.push([START + h * HOUR, path[0]!, Math.max(...path), Math.min(...path), price, rate])
    }
    const column = (k: number) => Float64Array.from(rows, row => row[k]!)
    const market = createMarket(
      {
        time: column(0),
        open: column(1),
        high: column(2),
        low: column(3),
        close: column(4),
        volume: column(4),
        fundingRate: column(5),
      },
      { symbol: `M${m}/USDT:USDT`, source: 'test', barMs: length * HOUR },
    )
    return { market, signals: randomSignals(market, uniform) }
  })
}

function randomSignals({ low, high, close, length }: Market, uniform: () => number): Signal[] {
  const signals: Signal[] = []
  for (let bar = 0; bar < length; bar++) {
    if (uniform() > 0.25) continue
    const isLong = uniform() < 0.6
    const away = 1 + 0.015 * uniform()
    const extreme = isLong ? low[bar]! / away : high[bar]! * away
    const inner = isLong ? (close[bar]! + low[bar]!) / 2 : (close[bar]! + high[bar]!) / 2
    signals.push(
      createSignal(bar, {
        side: isLong ? 'long' : 'short',
        extreme,
        level: createLevel(isLong ? 'low' : 'high', inner),
      }),
    )
  }
  return signals
}
