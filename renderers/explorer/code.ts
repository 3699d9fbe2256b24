/** The call of `liq.heatmap` that gives the map as the explorer shows it, and what differs from the call in the cell. */
import type { HeatmapChange } from '../../src/kernel/messaging.ts'
import type { Header } from './payload.ts'
import { partSum, tierParts, type ViewState } from './state.ts'

type Code = NonNullable<Header['code']>

/** Longer calls have a line for each option. */
const MAX_LINE = 100

/** The call as TypeScript; null for a map without one, and where no tier has a share. */
export function heatmapCall(header: Header, state: ViewState): string | null {
  const { code } = header
  const options = code && optionsOf(header, code, state)
  if (!options) return null
  if (options.length === 0) return `liq.heatmap(${code.market})`
  const texts = options.map(([name, expression]) => `${name}: ${expression}`)
  const line = `liq.heatmap(${code.market}, { ${texts.join(', ')} })`
  return line.length <= MAX_LINE
    ? line
    : `liq.heatmap(${code.market}, {\n${texts.map(text => `  ${text},\n`).join('')}})`
}

/** What the call in the cell must change to give the shown map; null if nothing, or if it cannot. */
export function heatmapChange(cell: Header, shown: Header, state: ViewState): HeatmapChange | null {
  const after = shown.code && optionsOf(shown, shown.code, state)
  if (!cell.code || !after) return null
  const before = new Map(cell.code.options)
  const names = new Set(after.map(([name]) => name))
  const change: HeatmapChange = {
    market: cell.code.market,
    set: after.filter(([name, expression]) => before.get(name) !== expression),
    remove: [...before.keys()].filter(name => !names.has(name)),
    ...(shown.timeframe !== cell.timeframe && { timeframe: shown.timeframe }),
  }
  return change.set.length + change.remove.length > 0 || change.timeframe ? change : null
}

function optionsOf(header: Header, code: Code, state: ViewState): Code['options'] | null {
  const untouched = header.tiers.every(({ weight }, tier) => weight === state.weights[tier]) && state.on.every(Boolean)
  if (untouched) return code.options
  const parts = tierParts(state)
  if (partSum(parts) === 0) return null
  // In the units of the code, so that what nobody changed reads as it was written. Digits beyond are of rounding only.
  const scale = partSum(code.mix) || 1
  const shares = header.tiers.map(({ leverage }, tier) => `${leverage}: ${+(parts[tier]! * scale).toPrecision(12)}`)
  const mix: [string, string] = ['leverage', `{ ${shares.join(', ')} }`]
  return [mix, ...code.options.filter(([name]) => name !== 'leverage')]
}
