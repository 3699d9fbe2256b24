/** The call of `liq.heatmap` that gives a map, for the explorer: its market by the name of a variable, its options as text. */
import type { ExplorerCode } from '../charts/explorer-payload.ts'
import { durationMs, formatDuration } from '../common/duration.ts'
import { variableWith } from '../common/host.ts'
import { LEVERAGE_PRIORS } from '../liquidation/book/leverage.ts'
import { type LiquidationMap, type MapOptions, mapOptions } from '../liquidation/map.ts'
import { defaultMargin } from '../liquidation/margin/default-margin.ts'
import type { Market } from '../market/market.ts'
import type { margin } from './margin.ts'

/** Of a market that no variable holds. */
const UNNAMED = 'market'

/**
 * @param cell the map of the cell
 * @param map the shown map, which the explorer may have changed
 * @param source the market of the cell
 * @param marginRule the expression of a margin rule that the explorer has set
 */
export function mapCode(
  cell: LiquidationMap,
  map: LiquidationMap,
  { source, options, marginRule }: { source: Market; options: MapOptions; marginRule?: string | undefined },
): ExplorerCode {
  const { market } = map
  const name = variableWith(value => value === source) ?? UNNAMED
  const cellName = variableWith(value => (value as Partial<LiquidationMap> | null)?.replay === cell.replay)
  const texts = mapOptions.names.flatMap((option): [string, string][] => {
    const value = options[option]
    if (value === undefined || isDefault(option, map, options)) return []
    const text =
      option === 'margin' && marginRule ? marginRule : option === 'halfLife' ? duration(value) : literal(value)
    return [[option, text ?? (cellName ? `${cellName}.inputOptions.${option}` : `undefined /* as in the cell */`)]]
  })
  return {
    market: market.barMs === source.barMs ? name : `liq.resample(${name}, '${market.timeframe}')`,
    options: texts,
    mix: mixOf(map, options),
  }
}

/** The expression of a venue's rule, whose table is that of a symbol. */
export const marginCode = (venue: keyof typeof margin, symbol: string): string =>
  `liq.margin.${venue}(${literal(symbol)})`

/** Whether the map would be the same without an option. */
function isDefault(name: keyof MapOptions, map: LiquidationMap, options: MapOptions): boolean {
  const value = options[name]
  const { flow, options: resolved } = map
  if (name === 'halfLife') return resolved.halfLifeMs === (flow.options.from.turnover > 0 ? Infinity : durationMs('7d'))
  if (name === 'triggerDepth') return value === (resolved.maxAgeMs === Infinity ? 0.0015 : 0)
  if (name === 'margin') return resolved.margin.name === defaultMargin(map.market).name
  return literal(value) === literal(mapOptions.defaults[name])
}

/** Shares by tier as `leverage` says them, which need not sum to 1; those of the map where it says them by size. */
function mixOf(
  { options: { tiers }, positionCohorts }: LiquidationMap,
  { leverage = 'inverseRoot' }: MapOptions,
): number[] {
  const mix: Readonly<Record<number, number>> | undefined =
    typeof leverage === 'string' ? LEVERAGE_PRIORS[leverage] : typeof leverage === 'object' ? leverage : undefined
  // What brackets cap is not what the option says.
  return tiers.map(tier => (mix && positionCohorts.capped === 0 ? (mix[tier.leverage] ?? 0) : tier.weight))
}

function duration(value: unknown): string | undefined {
  if (typeof value !== 'number' || value === Infinity) return literal(value)
  const day = durationMs('1d')
  return `'${value % day === 0 ? `${value / day}d` : formatDuration(value)}'`
}

/** A value as TypeScript; undefined if it has no literal, as a function has none. */
function literal(value: unknown): string | undefined {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return joined(value.map(literal), '[', ']')
  if (typeof value !== 'object') return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  const texts = entries.map(([key, item]) => {
    const text = literal(item)
    return text && `${/^(?:[A-Za-z_$][\w$]*|\d+|\d+\.\d+)$/.test(key) ? key : literal(key)}: ${text}`
  })
  return joined(texts, '{ ', ' }')
}

const joined = (texts: readonly (string | undefined)[], open: string, close: string): string | undefined =>
  texts.every(text => text !== undefined) ? `${open}${texts.join(', ')}${close}` : undefined
