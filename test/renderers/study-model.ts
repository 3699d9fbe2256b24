/** A small real study for tests of its view. */
import type { StudyModel } from '../../renderers/study/model.ts'
import { readHeader } from '../../renderers/study/payload.ts'
import { unpack } from '../../renderers/study/unpack.ts'
import type { StudyPayload } from '../../src/charts/study-payload.ts'
import { studyPayload } from '../../src/charts/study-view.ts'
import { createMarket } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { Signal } from '../../src/sfp/detect.ts'

const BARS = 1500
/** A gap: bars from here on come a day later. */
const GAP_AT = 700
const close = Float64Array.from(
  { length: BARS },
  (_, t) => 30_000 * Math.exp(0.1 * Math.sin(t / 91) + 0.03 * Math.sin(t / 7.3) + 0.008 * Math.sin(t * 2.7)),
)
const open = close.map((_, t) => close[Math.max(0, t - 1)]!)

export const market = createMarket(
  {
    time: Float64Array.from(close, (_, t) => Date.UTC(2024, 0, 1, t + (t >= GAP_AT ? 24 : 0))),
    open,
    high: close.map((price, t) => Math.max(price, open[t]!) * (1.003 + 0.002 * Math.sin(t * 1.3))),
    low: close.map((price, t) => Math.min(price, open[t]!) * (0.997 - 0.002 * Math.cos(t * 1.7))),
    close,
    volume: close.map(() => 1000),
  },
  { symbol: 'SYNTH/USDT:USDT', source: 'waves', synthetic: true },
)

/** A signal at every `every`-th bar, longs and shorts in turn, of zones and lines of different convergence. */
function signalsAt(every: number): Signal[] {
  return Array.from({ length: Math.floor((BARS - 60) / every) }, (_, k) => {
    const bar = 40 + k * every
    const long = k % 2 === 0
    const sweepBar = bar - (k % 3)
    const extreme = long
      ? Math.min(...market.low.slice(sweepBar, bar + 1))
      : Math.max(...market.high.slice(sweepBar, bar + 1))
    const inner = extreme * (long ? 1.004 : 0.996)
    return {
      bar,
      side: long ? ('long' as const) : ('short' as const),
      sweepBar,
      level: {
        kind: long ? ('low' as const) : ('high' as const),
        inner,
        outer: k % 4 === 0 ? inner : inner * (long ? 0.999 : 1.001),
        strength: 1,
        convergence: k % 5,
        since: k === 0 ? -1 : sweepBar - 1 - (k % 20),
      },
      extreme,
      opposite: Number.NaN,
      volumeOutside: Number.NaN,
      move: 1,
      sweepDepth: 1,
      consumed: 1,
      depth: (k % 9) / 4,
      depthPct: 1,
    }
  })
}

/** Positions are closed in two parts, so that trades have several exits. */
export const studyOf = (every = 25) =>
  backtest(market, signalsAt(every), { target: [{ r: 1 }, { r: 2 }], stopBuffer: 0.002, maxOpen: 3 })

export const study = studyOf()

/** As parsed from JSON. */
export function payloadOf(of = study): StudyPayload {
  const words = { title: 'SFP of made up levels', assumptions: ['costs: none', 'exits: two targets'] }
  return JSON.parse(JSON.stringify(studyPayload(market, of, words)))
}

export const modelOf = async (payload: unknown): Promise<StudyModel> => unpack(readHeader(payload))
