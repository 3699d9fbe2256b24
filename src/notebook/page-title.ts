/** The title of an exported page: the notebook's name and the values that it ran with. */
import { oneLine } from '../common/errors.ts'
import { plainParameters } from './parameter-values.ts'
import { hasTag } from './tags.ts'
import type { Notebook } from './types.ts'

const MAX_VALUES = 5
const MAX_VALUE_CHARS = 40

/**
 * `btc · symbol BTC/USDT:USDT · timeframe 4h`: the plain values of the cells tagged `parameters`, as injected cells override them;
 * an empty text says nothing and is left out.
 */
export function titleWithParameters(notebook: Notebook, name: string): string {
  const values = new Map<string, string>()
  for (const tag of ['parameters', 'injected-parameters'] as const)
    for (const cell of notebook.cells) {
      if (cell.cell_type !== 'code' || !hasTag(cell.metadata, tag)) continue
      for (const { name, value } of plainParameters(cell.source))
        values.set(name, value === null ? '' : oneLine(String(value), MAX_VALUE_CHARS).trim())
    }
  const shown = [...values].filter(([, value]) => value !== '').map(([key, value]) => `${key} ${value}`)
  const more = shown.length > MAX_VALUES ? [`and ${shown.length - MAX_VALUES} more`] : []
  return [name, ...shown.slice(0, MAX_VALUES), ...more].join(' · ')
}
