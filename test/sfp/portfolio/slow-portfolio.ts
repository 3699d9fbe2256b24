/**
 * An independent portfolio backtest, written for its rules and not for its speed: all events of all markets in one list, every sum made
 * anew from the trades so far. Market orders, one target in R, stops, a time limit, fees, slippage, funding.
 */
import type { Market } from '../../../src/market/market.ts'
import type { Signal } from '../../../src/sfp/detect.ts'

export interface SlowMarket {
  market: Market
  signals: readonly Signal[]
}

export interface SlowRules {
  equity: number
  fee: number
  slippageBps: number
  targetR: number
  maxBars: number
  maxOpen: number
  /** Either of the two. */
  notional?: number
  risk?: number
  maxPositions: number
  maxPerSide: number
  maxExposure: number
  correlated?: { correlation: number; hours: number; positions: number }
}

interface Held {
  m: number
  signal: Signal
  sign: number
  entered: number
  bar: number
  price: number
  stop: number
  target: number
  size: number
  paid: number
  exit?: { time: number; atOpen: boolean; bar: number; price: number; fee: number; reason: string }
}

const HOUR = 3_600_000

export function slowPortfolio(markets: readonly SlowMarket[], rules: SlowRules) {
  const held: Held[] = []
  const refusals: { m: number; signal: Signal; reason: string; share: number }[] = []
  const equity = new Map<number, number>()
  const gross = new Map<number, number>()
  const slip = (price: number, sign: number) => price * (1 + (sign * rules.slippageBps) / 10_000)

  /** The last price of a market that is known: a close, or an open, of the two the later one; an open only once it is `opened`. */
  const known: number[] = []
  const isOpen = (trade: Held) => trade.exit === undefined
  const worth = () => {
    let sum = rules.equity
    for (const trade of held) {
      sum -= rules.fee * trade.price * trade.size + trade.paid
      const price = trade.exit ? trade.exit.price : known[trade.m]!
      sum += trade.sign * (price - trade.price) * trade.size - (trade.exit?.fee ?? 0)
    }
    return sum
  }
  const openNotional = () => held.filter(isOpen).reduce((sum, trade) => sum + trade.size * known[trade.m]!, 0)
  const leave = (trade: Held, time: number, atOpen: boolean, bar: number, at: number, reason: string) => {
    const price = reason === 'target' ? at : slip(at, -trade.sign)
    trade.exit = { time, atOpen, bar, price, fee: rules.fee * price * trade.size, reason }
  }

  /** Average true range of bar t, by definition: Wilder's mean, which starts with the plain mean of the bars so far. */
  const atrs = markets.map(({ market }) => averageRanges(market))

  const correlation = (a: number, b: number, at: number): number => {
    const step = Math.max(HOUR, ...markets.map(({ market }) => market.barMs))
    const closesOf = (m: number) => {
      const { market } = markets[m]!
      const last = new Map<number, number>()
      for (let t = 0; t < market.length; t++) {
        const close = market.time[t]! + market.barMs
        const end = Math.ceil(close / step) * step
        if (end <= at) last.set(end, Math.log(market.close[t]!))
      }
      return last
    }
    const [x, y] = [closesOf(a), closesOf(b)]
    const pairs: [number, number][] = []
    for (const end of x.keys()) {
      if (end <= at - rules.correlated!.hours * HOUR) continue
      const rx = x.get(end)! - (x.get(end - step) ?? Number.NaN)
      const ry = (y.get(end) ?? Number.NaN) - (y.get(end - step) ?? Number.NaN)
      if (!Number.isNaN(rx) && !Number.isNaN(ry)) pairs.push([rx, ry])
    }
    if (pairs.length < 10) return Number.NaN
    const mean = (k: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length
    const [mx, my] = [mean(0), mean(1)]
    const cov = pairs.reduce((sum, [p, q]) => sum + (p - mx) * (q - my), 0)
    const vx = pairs.reduce((sum, [p]) => sum + (p - mx) ** 2, 0)
    const vy = pairs.reduce((sum, [, q]) => sum + (q - my) ** 2, 0)
    return cov / Math.sqrt(vx * vy)
  }

  // Phases: 0 a close, 1 exits at an open, 2 entries there.
  const events: { time: number; phase: number; m: number; t: number }[] = []
  for (const [m, { market }] of markets.entries())
    for (let t = 0; t < market.length; t++) {
      events.push({ time: market.time[t]! + market.barMs, phase: 0, m, t })
      events.push({ time: market.time[t]!, phase: 1, m, t }, { time: market.time[t]!, phase: 2, m, t })
    }
  events.sort((a, b) => a.time - b.time || a.phase - b.phase || a.m - b.m)
  let wasOpen = new Set<Held>()
  const admitted: Signal[][] = markets.map(() => [])

  for (const [i, { time, phase, m, t }] of events.entries()) {
    const { market, signals } = markets[m]!
    const mine = held.filter(trade => trade.m === m && isOpen(trade))
    if (phase === 0) {
      for (const trade of mine) {
        const long = trade.sign === 1
        const { high, low, close } = market
        if (long ? low[t]! <= trade.stop : high[t]! >= trade.stop) leave(trade, time, false, t, trade.stop, 'stop')
        else if (long ? high[t]! >= trade.target : low[t]! <= trade.target)
          leave(trade, time, false, t, trade.target, 'target')
        else if (t === market.length - 1) leave(trade, time, false, t, close[t]!, 'end')
      }
      known[m] = market.close[t]!
      const next = events[i + 1]
      if (next === undefined || next.time > time || next.phase > 0) {
        equity.set(time, worth())
        gross.set(time, openNotional() / worth())
      }
    } else if (phase === 1) {
      if (events[i - 1] === undefined || events[i - 1]!.time < time || events[i - 1]!.phase === 0)
        wasOpen = new Set(held.filter(isOpen))
      // What limits admit is decided on the positions of before.
      let slots = mine.length
      admitted[m] = []
      for (const signal of signals.filter(each => each.bar === t - 1)) {
        if (slots >= rules.maxOpen) refusals.push({ m, signal, reason: 'maxPerMarket', share: 0 })
        else if (time - market.time[signal.bar]! > market.barMs) refusals.push({ m, signal, reason: 'gap', share: 0 })
        else {
          slots++
          admitted[m]!.push(signal)
        }
      }
      const open = market.open[t]!
      known[m] = open
      for (const trade of mine) {
        const rate = market.fundingRate?.[t] ?? 0
        trade.paid += rate * trade.sign * trade.size * open
        if (trade.sign * (open - trade.stop) <= 0) leave(trade, time, true, t, open, 'stop')
        else if (trade.sign * (open - trade.target) >= 0) leave(trade, time, true, t, open, 'target')
        else if (t - trade.bar >= rules.maxBars) leave(trade, time, true, t, open, 'time')
      }
    } else {
      for (const signal of admitted[m]!) {
        const sign = signal.side === 'long' ? 1 : -1
        const open = market.open[t]!
        const stop = signal.extreme
        const refuse = (reason: string) => refusals.push({ m, signal, reason, share: 0 })
        if (sign * (open - stop) <= 0 || sign * (open - stop) < 0.05 * atrs[m]![signal.bar]!) {
          refuse('stop')
          continue
        }
        const counted = held.filter(trade => isOpen(trade) || (wasOpen.has(trade) && trade.exit!.atOpen))
        if (counted.length >= rules.maxPositions) {
          refuse('maxPositions')
          continue
        }
        if (counted.filter(trade => trade.sign === sign).length >= rules.maxPerSide) {
          refuse('maxPerSide')
          continue
        }
        if (rules.correlated) {
          const limit = rules.correlated
          const alike = counted.filter(trade => {
            const between = trade.m === m ? 1 : correlation(trade.m, m, time)
            return Number.isNaN(between) || between * trade.sign * sign >= limit.correlation
          })
          if (alike.length + 1 > limit.positions) {
            refuse('maxCorrelated')
            continue
          }
        }
        const price = slip(open, sign)
        const own = worth()
        const wanted = rules.notional ? rules.notional / price : (rules.risk! * own) / Math.abs(price - stop)
        const left = rules.maxExposure * own - openNotional()
        const fits = (left > 1e-9 * own ? left : 0) / (price * (1 + rules.fee))
        const size = Math.max(0, Math.min(wanted, fits))
        if (!(wanted > 0)) {
          refuse('size')
          continue
        }
        if (size < wanted) refusals.push({ m, signal, reason: 'maxExposure', share: size / wanted })
        if (size === 0) continue
        const target = price + sign * rules.targetR * Math.abs(price - stop)
        held.push({ m, signal, sign, entered: time, bar: t, price, stop, target, size, paid: 0 })
      }
    }
  }
  const done = new Set([...held.map(trade => trade.signal), ...refusals.map(({ signal }) => signal)])
  for (const [m, { signals }] of markets.entries())
    for (const signal of signals)
      if (!done.has(signal) && signal.bar === markets[m]!.market.length - 1)
        refusals.push({ m, signal, reason: 'end', share: 0 })
  return { trades: held, refusals, equity, gross }
}

function averageRanges({ high, low, close, length }: Market, period = 14): number[] {
  const ranges = Array.from({ length }, (_, t) => {
    const before = t === 0 ? Number.NaN : close[t - 1]!
    const gaps = t === 0 ? [] : [Math.abs(high[t]! - before), Math.abs(low[t]! - before)]
    return Math.max(high[t]! - low[t]!, ...gaps)
  })
  const out: number[] = []
  for (let t = 0; t < length; t++) {
    const sum = ranges.slice(0, t + 1).reduce((total, range) => total + range, 0)
    out.push(t < period ? sum / (t + 1) : out[t - 1]! + (ranges[t]! - out[t - 1]!) / period)
  }
  return out
}
