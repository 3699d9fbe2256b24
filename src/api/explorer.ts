/** What a heatmap shows in a notebook: the explorer, and a way to build the map anew from it while the kernel runs. */
import { type ExplorerOptions, explorerPayload } from '../charts/explorer.ts'
import { EXPLORER_MIME, type ExplorerChoice, type ExplorerPayload } from '../charts/explorer-payload.ts'
import { heatmapFigure } from '../charts/heatmap.ts'
import { durationMs, formatDuration } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { leverageTiers } from '../liquidation/book/leverage.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../liquidation/map.ts'
import { binanceMargin, hyperliquidMargin, type MarginModel } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'

/** A map and what it was built from; null where it cannot be built anew, such as a sum of maps. */
export interface Recipe {
  market: Market
  options: MapOptions
}

/** Size of the figure for readers without the explorer: in a saved notebook it takes about 100 kB. */
const FALLBACK = { columns: 200, rows: 100 }

/**
 * The MIME bundle of a map: the explorer, a Plotly figure for other readers of the notebook, and text.
 *
 * @throws DataError naming the option that is out of range
 */
export function explorerBundle(
  map: LiquidationMap,
  text: string,
  recipe: Recipe | null,
  options: ExplorerOptions = {},
): Record<string, unknown> {
  const { from, to } = options
  return {
    [EXPLORER_MIME]: { ...payloadOf(map, recipe, options), ...connection(recipe, options) },
    'application/vnd.plotly.v1+json': heatmapFigure(map, { ...FALLBACK, from, to }),
    'text/plain': text,
  }
}

/** What a kernel offers to values that want to be asked again; absent outside of one. */
interface ChannelHost {
  open(handler: (message: unknown) => unknown): string
}

function connection(recipe: Recipe | null, options: ExplorerOptions): Partial<ExplorerPayload> {
  const host = (globalThis as { [key: symbol]: ChannelHost | undefined })[Symbol.for('liqnb.channel')]
  if (!host || !recipe) return {}
  const channel = host.open(message => {
    const next = changed(recipe, message)
    // Bars are counted anew in another timeframe, so a part is told by its times.
    const { time } = next.market
    const bar = (moment: number) =>
      Math.max(
        0,
        time.findLastIndex(open => open <= moment),
      )
    const [from, to] = rangeOf(message) ?? [options.from, options.to].map(index => index && recipe.market.time[index])
    const part = { from: from === undefined ? undefined : bar(from), to: to === undefined ? undefined : bar(to) }
    // Sent over and thrown away: a fast deflate.
    const map = liquidationMap(next.market, next.options)
    return {
      ...payloadOf(map, next, { ...options, ...part, compression: 2 }),
      choices: choicesOf(next, recipe.market),
    }
  })
  return { channel, choices: choicesOf(recipe, recipe.market) }
}

/** A weight so small that a layer of it does not change the others, and so large that it keeps its digits. */
const NEXT_TO_NOTHING = 1e-9

/** With a layer also for tiers of weight 0, so that their sliders have something to turn up. */
function payloadOf(map: LiquidationMap, recipe: Recipe | null, options: ExplorerOptions): ExplorerPayload {
  const { tiers } = map.options
  const mix = recipe?.options.leverage
  if (!recipe || tiers.every(tier => tier.weight > 0) || typeof mix !== 'object') return explorerPayload(map, options)
  const leverage = Object.fromEntries(Object.entries(mix).map(([tier, weight]) => [tier, weight || NEXT_TO_NOTHING]))
  const full = liquidationMap(recipe.market, { ...recipe.options, leverage })
  return explorerPayload(full, { ...options, weights: tiers.map(tier => tier.weight) })
}

const HALF_LIVES = ['12h', '1d', '3d', '7d', '14d', '30d', '90d']
const FRAMES = ['5m', '15m', '1h', '4h', '1d']
const BIN_WIDTHS = [0.0005, 0.001, 0.002, 0.005]
const MORE_TIERS = [2, 3, 5, 10, 20, 25, 50, 75, 100, 125]
/** Rules that need nothing but the symbol; others are an option of the cell. */
const MARGINS: Record<string, (symbol: string) => MarginModel> = {
  Binance: binanceMargin,
  Hyperliquid: hyperliquidMargin,
}
const AS_GIVEN = 'as given'

/** What the explorer may ask for, and what holds now. */
function choicesOf({ market, options }: Recipe, base: Market): Record<string, ExplorerChoice> {
  const { halfLife = '7d', flow, binWidth = 0.001 } = options
  const lifeMs = halfLife === Infinity ? Infinity : durationMs(halfLife, 'halfLife')
  // 7d is not to be called 1w beside the others.
  const life =
    lifeMs === Infinity ? 'none' : (HALF_LIVES.find(name => durationMs(name) === lifeMs) ?? formatDuration(lifeMs))
  const from = typeof flow?.from === 'object' ? AS_GIVEN : (flow?.from ?? (flow?.trades ? 'trades' : 'volume'))
  const margin = Object.keys(MARGINS).find(name => options.margin?.name.startsWith(name))
  const choice = (label: string, value: string, others: string[]): ExplorerChoice => ({
    label,
    value,
    options: others.includes(value) ? others : [value, ...others],
  })
  return {
    halfLife: choice('Half-life', life, [...HALF_LIVES, 'none']),
    flow: choice('Flow', from, [
      'volume',
      ...(base.openInterest ? ['openInterest'] : []),
      ...(flow?.trades ? ['trades'] : []),
    ]),
    margin: choice('Margin', options.margin ? (margin ?? AS_GIVEN) : 'Binance', marginsFor(base.symbol)),
    binWidth: choice('Bins', bp(binWidth), BIN_WIDTHS.map(bp)),
    timeframe: choice(
      'Timeframe',
      market.timeframe,
      [base.timeframe, ...FRAMES].filter((frame, i, all) => {
        const ms = durationMs(frame)
        return all.indexOf(frame) === i && ms % base.barMs === 0 && base.length / (ms / base.barMs) >= 50
      }),
    ),
    tiers: choice('Tiers', AS_GIVEN, [AS_GIVEN, MORE_TIERS.map(tier => `${tier}x`).join(' ')]),
  }
}

/** Rules whose bundled tables know the coin. */
function marginsFor(symbol: string): string[] {
  return Object.entries(MARGINS).flatMap(([name, model]) => {
    try {
      model(symbol)
      return [name]
    } catch {
      return []
    }
  })
}

const bp = (width: number): string => `${+(width * 1e4).toPrecision(4)} bp`

/** First and last moment (epoch ms) of the part that was asked for. */
function rangeOf(message: unknown): [number, number] | null {
  const { range } = message as { range?: unknown }
  if (range === undefined) return null
  const [from, to] = Array.isArray(range) ? (range as unknown[]) : []
  if (typeof from !== 'number' || typeof to !== 'number' || !(to > from))
    throw new DataError('range: expected two moments, epoch ms, the first before the second')
  return [from, to]
}

/** The recipe with what was asked for. @throws DataError for a message that is none of the choices */
function changed({ market, options }: Recipe, message: unknown): Recipe {
  if (typeof message !== 'object' || message === null) throw new DataError('The explorer asked for nothing.')
  const asked = message as Record<string, unknown>
  const text = (name: string): string | undefined => {
    const value = asked[name]
    if (value === undefined || value === AS_GIVEN) return undefined
    if (typeof value !== 'string') throw new DataError(`${name}: expected text, found ${typeof value}`)
    return value
  }
  const next: MapOptions = { ...options }
  const [life, from, margin, width, frame, tiers] = [
    'halfLife',
    'flow',
    'margin',
    'binWidth',
    'timeframe',
    'tiers',
  ].map(text)
  if (life !== undefined) next.halfLife = life === 'none' ? Infinity : life
  if (from !== undefined) next.flow = { ...options.flow, from: from as 'volume' | 'openInterest' | 'trades' }
  if (margin !== undefined) {
    const model = Object.hasOwn(MARGINS, margin) ? MARGINS[margin] : undefined
    if (!model) throw new DataError(`margin: ${margin}, but expected one of ${Object.keys(MARGINS).join(', ')}`)
    next.margin = model(market.symbol)
  }
  if (width !== undefined) next.binWidth = Number.parseFloat(width) / 1e4
  if (tiers !== undefined && typeof options.leverage !== 'function') {
    const given = liquidationMap(market, options).options.tiers
    const mix = Object.fromEntries([...tiers.matchAll(/(\d+)x/g)].map(match => [Number(match[1]), 0]))
    for (const { leverage, weight } of given) mix[leverage] = weight
    next.leverage = Object.fromEntries(leverageTiers(mix).map(tier => [tier.leverage, tier.weight]))
  }
  return { market: frame === undefined ? market : resample(market, durationMs(frame, 'timeframe')), options: next }
}
