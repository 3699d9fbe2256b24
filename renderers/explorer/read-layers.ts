/** Reads packed layers: the counterpart of `packLayers`. */
import { PayloadError } from '../shared/payload.ts'
import type { Unpacker } from '../shared/unpacker.ts'
import type { Layer } from './model.ts'

/** Levels are counted in parts while they drift. */
const PARTS = 256
const NOTHING = -1e15

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
 * @throws PayloadError for a change after the last column, a level above `top`, or another number of cells than `filled`
 */
export function readLayers(data: Unpacker, frame: LayerFrame, drift: Float64Array): Layer[] {
  const { layers, rows, filled, floor, perOctave, top } = frame
  const columns = drift.length
  const counts = data.integers(layers * rows)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (!(total <= layers * rows * columns && counts.every(count => count >= 0)))
    throw new PayloadError(`the layers have ${total} changes in ${layers * rows} rows of ${columns} columns`)
  const row = new RowReader(data, total, drift, top)
  const usd = Float32Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : floor * 2 ** ((q - 1) / perOctave)))
  const levels = new Uint8Array(filled)
  let used = 0
  const read = Array.from({ length: layers }, (_, index): Layer => {
    const layer = { from: new Int32Array(rows), to: new Int32Array(rows), start: new Int32Array(rows) }
    const begin = used
    for (let r = 0; r < rows; r++) {
      layer.start[r] = used - begin
      const [from, to] = row.next(counts[index * rows + r]!)
      if (used + to - from > filled)
        throw new PayloadError(`the layers have more than the ${filled} levels of "filled"`)
      levels.set(row.levels.subarray(from, to), used)
      layer.from[r] = from
      layer.to[r] = to
      used += to - from
    }
    return { ...layer, levels: levels.subarray(begin, used), usd }
  })
  if (used < filled) throw new PayloadError(`the layers have ${used} of the ${filled} levels of "filled"`)
  return read
}

class RowReader {
  /** Of the row read last; those from its first to its last filled column count. */
  readonly levels: Uint8Array
  readonly #drift: Float64Array
  readonly #top: number
  readonly #gaps: Float64Array
  readonly #begun: Uint8Array
  readonly #changes: Uint8Array
  #nextGap = 0
  #nextBegun = 0
  #nextChange = 0

  constructor(data: Unpacker, total: number, drift: Float64Array, top: number) {
    this.levels = new Uint8Array(drift.length)
    this.#drift = drift
    this.#top = top
    this.#gaps = data.integers(total)
    const [begun = 0] = data.integers(1)
    if (!(begun >= 0 && begun <= total)) throw new PayloadError(`${begun} of ${total} changes begin a level`)
    this.#begun = data.bytes(begun)
    this.#changes = data.bytes(total - begun)
  }

  /** Reads a row of `count` changes. @returns the first filled column, and the one after the last */
  next(count: number): [from: number, to: number] {
    const { levels } = this
    const columns = levels.length
    let set = NOTHING
    let [from, to] = [0, 0]
    let column = 0
    for (let i = 0; i < count; i++) {
      const gap = this.#gaps[this.#nextGap++]!
      const next = i === 0 ? gap : column + 1 + gap
      if (!(gap >= 0 && next < columns))
        throw new PayloadError(`a layer has a change in column ${next}, but "grid.columns" is ${columns}`)
      if (i === 0) from = next
      else to = this.#fill(set, column + 1, next) || to
      const level = this.#change(this.#expected(set, next))
      set = level === 0 ? NOTHING : PARTS * level - this.#drift[next]!
      levels[next] = level
      if (level > 0) to = next + 1
      column = next
    }
    if (count > 0) to = this.#fill(set, column + 1, columns) || to
    return [from, Math.max(from, to)]
  }

  /** Levels as expected. @returns the column after the last filled one, or 0 */
  #fill(set: number, from: number, to: number): number {
    const { levels } = this
    if (set === NOTHING) {
      levels.fill(0, from, to)
      return 0
    }
    // Private fields would be looked up for every cell.
    const drift = this.#drift
    const top = this.#top
    let end = 0
    for (let column = from; column < to; column++) {
      const level = levelOf(set + drift[column]!, top)
      levels[column] = level
      if (level > 0) end = column + 1
    }
    return end
  }

  #expected(set: number, column: number): number {
    return levelOf(set + this.#drift[column]!, this.#top)
  }

  #change(expected: number): number {
    let level: number | undefined
    if (expected === 0) level = this.#begun[this.#nextBegun++]
    else {
      const change = this.#changes[this.#nextChange++]
      level = change === undefined ? undefined : change === 0 ? 0 : (expected + change) & 255
    }
    if (level === undefined) throw new PayloadError('the layers have fewer levels than changes')
    if (level > this.#top) throw new PayloadError(`a layer has the level ${level}, but "levels.top" is ${this.#top}`)
    return level
  }
}

function levelOf(parts: number, top: number): number {
  const level = Math.floor(parts / PARTS + 0.5)
  return level < 0 ? 0 : level > top ? top : level
}
