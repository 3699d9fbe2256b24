/** Reads packed layers: the counterpart of `packLayers`. */
import { PayloadError } from '../shared/payload.ts'
import type { Unpacker } from '../shared/unpacker.ts'
import type { Layer } from './model.ts'

/** Levels are counted in parts while they drift. */
const PART_BITS = 8
const PARTS = 1 << PART_BITS
/** The drift is within these limits, so that the sum of a level and the drift is a 32-bit number. */
export const MAX_DRIFT = 2 ** 30
/** Nothing, in parts: no drift makes a level of it. */
const NOTHING = -MAX_DRIFT

export interface LayerFrame {
  /** Number of layers, and of rows in each. */
  layers: number
  rows: number
  /** Cells from the first to the last filled one of each row, of all layers. */
  filled: number
  /** USD of level 1, levels per factor of two, and the highest. */
  floor: number
  perOctave: number
  top: number
}

/**
 * @param drift by column: the level, in parts, of what has only decayed since the first
 * @param memory for the levels, if it is large enough; of layers that are no longer used
 * @throws PayloadError for a change after the last column, a level above `top`, or another number of cells than `filled`
 */
export function readLayers(data: Unpacker, frame: LayerFrame, drift: Int32Array, memory?: Uint8Array): Layer[] {
  const { layers, rows, filled, floor, perOctave, top } = frame
  const columns = drift.length
  const counts = data.integers(layers * rows)
  let total = 0
  let least = 0
  for (let row = 0; row < counts.length; row++) {
    total += counts[row]!
    least = Math.min(least, counts[row]!)
  }
  if (least < 0 || total > layers * rows * columns)
    throw new PayloadError(`the layers have ${total} changes in ${layers * rows} rows of ${columns} columns`)
  const gaps = data.column(total)
  const [begun = 0] = data.integers(1)
  if (!(begun >= 0 && begun <= total)) throw new PayloadError(`${begun} of ${total} changes begin a level`)
  const changes = { gaps, begun: data.bytes(begun), others: data.bytes(total - begun) }
  const usd = Float32Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : floor * 2 ** ((q - 1) / perOctave)))
  const levels = memory && memory.length >= filled + columns ? memory : new Uint8Array(memorySize(filled + columns))
  const { from, to, start } = readRows(counts, changes, drift, levels, filled, top)
  return Array.from({ length: layers }, (_, index): Layer => {
    const [first, end] = [index * rows, (index + 1) * rows]
    const begin = start[first]!
    return {
      from: from.subarray(first, end),
      to: to.subarray(first, end),
      start: start.subarray(first, end).map(at => at - begin),
      levels: levels.subarray(begin, start[end]!),
      usd,
    }
  })
}

/** What is not as expected, of all rows one after the other. */
interface Changes {
  /** Columns between a change and the one before it. */
  gaps: Unpacker
  /** Levels that begin where nothing was. */
  begun: Uint8Array
  /** Of all other changes: 0 where a level ends, else the difference to the expected level (mod 256). */
  others: Uint8Array
}

/**
 * Reads rows of `counts` changes each: the levels from the first to the last filled column of a row begin at `start`, which has an
 * entry more for their end.
 *
 * @param levels has room for the empty columns at the end of the last row, over which a next row would be written
 */
function readRows(
  counts: Float64Array,
  { gaps, begun, others }: Changes,
  drift: Int32Array,
  levels: Uint8Array,
  filled: number,
  top: number,
) {
  const columns = drift.length
  const [from, to] = [new Int32Array(counts.length), new Int32Array(counts.length)]
  const start = new Int32Array(counts.length + 1)
  let [nextBegun, nextOther, used] = [0, 0, 0]
  for (let row = 0; row < counts.length; row++) {
    const count = counts[row]!
    if (count > 0) {
      let [first, shift] = [0, 0]
      let set = NOTHING
      let column = 0
      for (let i = 0; i < count; i++) {
        const next = column + gaps.integer()
        if (!(next >= column && next < columns))
          throw new PayloadError(`a layer has a change in column ${next}, but "grid.columns" is ${columns}`)
        if (i === 0) {
          first = next
          shift = used - first
        } else fill(levels, shift, column, next, set, drift, top)
        const expected = levelOf(set + drift[next]!, top)
        const by = expected === 0 ? begun[nextBegun++] : others[nextOther++]
        if (by === undefined) throw new PayloadError('the layers have fewer levels than changes')
        const level = expected === 0 || by === 0 ? by : (expected + by) & 255
        if (level > top) throw new PayloadError(`a layer has the level ${level}, but "levels.top" is ${top}`)
        set = level === 0 ? NOTHING : PARTS * level - drift[next]!
        levels[shift + next] = level
        column = next + 1
      }
      fill(levels, shift, column, columns, set, drift, top)
      let last = columns
      while (last > first && levels[shift + last - 1] === 0) last--
      from[row] = first
      to[row] = last
      used += last - first
      if (used > filled) throw new PayloadError(`the layers have more than the ${filled} levels of "filled"`)
    }
    start[row + 1] = used
  }
  if (used < filled) throw new PayloadError(`the layers have ${used} of the ${filled} levels of "filled"`)
  return { from, to, start }
}

/** Levels as expected after a level that was `set`. */
function fill(
  levels: Uint8Array,
  shift: number,
  from: number,
  to: number,
  set: number,
  drift: Int32Array,
  top: number,
): void {
  if (set === NOTHING) levels.fill(0, shift + from, shift + to)
  else for (let column = from; column < to; column++) levels[shift + column] = levelOf(set + drift[column]!, top)
}

/** Room for the same map with more bars. */
const memorySize = (size: number): number => Math.ceil(1.05 * size)

/** The level nearest to a whole number of parts. */
const levelOf = (parts: number, top: number): number => Math.max(0, Math.min(top, (parts + PARTS / 2) >> PART_BITS))
