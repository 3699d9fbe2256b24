/** Reads the head of an `application/vnd.liqnb.explorer+json` payload: everything but its packed data. */
import type { ExplorerChoice, ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { PayloadError } from '../shared/json.ts'
import { between, cut, dataAt, listAt, recordAt, textAt, versionAt, whole } from '../shared/read.ts'

const MOST_COLUMNS = 4096
const MOST_ROWS = 2048
const MOST_TIERS = 24
const MOST_CANDLES = 10_000
/** Cells of all layers together; more would take the memory of the page. */
const MOST_CELLS = 40_000_000
const MOST_LINES = 40
const MOST_CHOICES = 12

/** A payload whose every number is in its range. Text is only cut: it enters the page as text. */
export type Header = ExplorerPayload

/** @throws PayloadError naming the field that cannot be right */
export function readHeader(payload: unknown): Header {
  const record = recordAt(payload, 'the payload')
  versionAt(record.version, 2)
  const grid = recordAt(record.grid, '"grid"')
  const columns = whole(grid.columns, 'grid.columns', 1, MOST_COLUMNS)
  const rows = whole(grid.rows, 'grid.rows', 1, MOST_ROWS)
  const low = between(grid.low, 'grid.low', 1e-12, 1e15)
  const high = between(grid.high, 'grid.high', low * (1 + 1e-9), 1e15)
  const tiers = listAt(record.tiers, '"tiers"', 1, MOST_TIERS).map((tier, index) => {
    const { leverage, weight } = recordAt(tier, `tiers[${index}]`)
    return {
      leverage: between(leverage, `tiers[${index}].leverage`, 1, 100_000),
      weight: between(weight, `tiers[${index}].weight`, 0, 1),
    }
  })
  if (columns * rows * tiers.length * 2 > MOST_CELLS)
    throw new PayloadError(`${columns} × ${rows} cells of ${tiers.length} tiers are more than can be shown`)
  const levels = recordAt(record.levels, '"levels"')
  const rule = recordAt(record.rule, '"rule"')
  return {
    version: 2,
    id: textAt(record.id, '"id"'),
    symbol: textAt(record.symbol, '"symbol"'),
    timeframe: textAt(record.timeframe, '"timeframe"'),
    synthetic: record.synthetic === true,
    assumptions: listAt(record.assumptions, '"assumptions"', 0, MOST_LINES).map((line, index) =>
      textAt(line, `assumptions[${index}]`),
    ),
    barMs: between(record.barMs, 'barMs', 1, 1e12),
    grid: { columns, rows, low, high, binsPerRow: whole(grid.binsPerRow, 'grid.binsPerRow', 1, 1e6) },
    tiers,
    presets: presetsAt(record.presets, tiers.length),
    levels: {
      floor: between(levels.floor, 'levels.floor', 1e-30, 1e30),
      perOctave: between(levels.perOctave, 'levels.perOctave', 1, 255),
      top: whole(levels.top, 'levels.top', 1, 255),
      filled: whole(levels.filled, 'levels.filled', 0, columns * rows * tiers.length * 2),
    },
    candles: whole(record.candles, 'candles', 0, MOST_CANDLES),
    ...(record.offGrid !== undefined && { offGrid: readOffGrid(record.offGrid, columns * tiers.length * 2) }),
    rule: {
      maxDistance: between(rule.maxDistance, 'rule.maxDistance', 1e-6, 10),
      brightness: between(rule.brightness, 'rule.brightness', 1e-6, 1e6),
      gap: whole(rule.gap, 'rule.gap', 0, 1e6),
      minShare: between(rule.minShare, 'rule.minShare', 0, 1),
      tierShare: between(rule.tierShare, 'rule.tierShare', 0, 1),
    },
    data: dataAt(record.data),
    ...(typeof record.channel === 'string' && { channel: record.channel }),
    ...(record.choices !== undefined && { choices: choicesAt(record.choices) }),
  }
}

function readOffGrid(value: unknown, most: number): NonNullable<Header['offGrid']> {
  const { floor, filled } = recordAt(value, '"offGrid"')
  return { floor: between(floor, 'offGrid.floor', 1e-30, 1e30), filled: whole(filled, 'offGrid.filled', 0, most) }
}

function presetsAt(value: unknown, tiers: number): Record<string, number[]> {
  const presets: [string, number[]][] = []
  for (const [name, weights] of Object.entries(recordAt(value, '"presets"')).slice(0, MOST_CHOICES)) {
    const where = `presets.${cut(name)}`
    presets.push([
      cut(name),
      listAt(weights, where, tiers, tiers).map((weight, i) => between(weight, `${where}[${i}]`, 0, 1)),
    ])
  }
  return Object.fromEntries(presets)
}

function choicesAt(value: unknown): Record<string, ExplorerChoice> {
  return Object.fromEntries(
    Object.entries(recordAt(value, '"choices"'))
      .slice(0, MOST_CHOICES)
      .map(([name, choice]) => {
        const where = `choices.${cut(name)}`
        const { label, value: chosen, options } = recordAt(choice, where)
        const list = listAt(options, `${where}.options`, 0, 100)
        return [
          cut(name),
          {
            label: textAt(label, `${where}.label`),
            value: textAt(chosen, `${where}.value`),
            options: list.map((option, i) => textAt(option, `${where}.options[${i}]`)),
          },
        ]
      }),
  )
}
