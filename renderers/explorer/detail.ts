/** Rebuilds the range in sight in full detail, while there is a kernel: after a pause, and without moving what is shown. */

import type { Range } from '../plot/scales.ts'
import { columnMs, type Maps } from './maps.ts'
import type { Model } from './model.ts'
import type { ExplorerHost } from './options.ts'
import { readHeader } from './payload.ts'
import { unpack } from './unpack.ts'
import type { View } from './view.ts'

/** Requests wait for the end of a gesture. */
const PAUSE_MS = 400
/** What the kernel builds of a part at most. */
const MAX_COLUMNS = 1000
const MAX_ROWS = 500
/** A part must be finer by this factor to be worth building. */
const MIN_GAIN = 1.4
/** Space around the visible range, in shares of it, so that a pan does not need another part at once. */
const MAX_MARGIN = 0.5

/** Bars before the range and bins on each side of it that are always asked for. */
const MORE_BARS = 2
const MORE_BINS = 2

/** What is asked of the kernel: epoch ms and prices. */
export interface Part {
  range: [from: number, to: number]
  prices: [low: number, high: number]
}

/** The part to build for a range; null if `model`, which is drawn, is as fine as it can be. */
export function finerPart({ whole }: Maps, model: Model, { timeFrom, timeTo, low, high }: Range): Part | null {
  const { barMs } = whole.header
  const binMs = binHeight(model)
  // With those that are asked for beyond the range.
  const bars = (timeTo - timeFrom) / barMs + MORE_BARS
  const bins = Math.log(high / low) / binMs + 2 * MORE_BINS
  // Within the margin that costs no detail.
  const time = marginOf(bars, MAX_COLUMNS) * (timeTo - timeFrom)
  const price = Math.exp(marginOf(bins, MAX_ROWS) * Math.log(high / low))
  const columnGain = columnMs(model) / (barMs * Math.max(1, Math.ceil(bars / MAX_COLUMNS)))
  const rowGain = model.lnRow / (binMs * Math.max(1, Math.ceil(bins / MAX_ROWS)))
  if (columnGain < MIN_GAIN && rowGain < MIN_GAIN) return null
  return {
    // A column begins at the close of its bar, so the first one must be a bar earlier.
    range: [timeFrom - time - MORE_BARS * barMs, timeTo + time],
    prices: [low / price / Math.exp(MORE_BINS * binMs), high * price * Math.exp(MORE_BINS * binMs)],
  }
}

const binHeight = ({ lnRow, header }: Model): number => lnRow / header.grid.binsPerRow

function marginOf(count: number, max: number): number {
  // Beyond the maximum, cells become wider by the margin.
  const room = (max * Math.max(1, Math.ceil(count / max)) - count) / count / 2
  return Math.min(MAX_MARGIN, Math.max(0, 0.98 * room - 4 / count))
}

export interface DetailLoader {
  /** Requests the visible range if it can be had in more detail. */
  request(): void
  /** After the kernel has come or the layers have changed: forgets what was built. */
  reset(): void
  stop(): void
}

/** @param loaded called when the view has got a finer part */
export function createDetailLoader(view: View, host: ExplorerHost, loaded: () => void): DetailLoader {
  let timer: ReturnType<typeof setTimeout> | undefined
  let generation = 0
  /** The range that was last looked at. */
  let key = ''

  const load = async (): Promise<void> => {
    const turn = generation
    const part = finerPart(view.maps, view.model, view.range)
    const request = part && host.loadPart(part)
    if (!request) return
    const payload = await request.catch(() => null)
    if (!payload || turn !== generation) return
    const model = await unpack(readHeader(payload))
    if (turn !== generation || !fits(view.maps.whole, model)) return
    view.setDetail(model)
    loaded()
  }
  return {
    request() {
      const { timeFrom, timeTo, low, high } = view.range
      const next = [timeFrom, timeTo, low, high].join()
      if (next === key) return
      key = next
      clearTimeout(timer)
      // What is drawn stays where the part cannot be had.
      timer = setTimeout(() => void load().catch(() => {}), PAUSE_MS)
    },
    reset() {
      generation++
      key = ''
      clearTimeout(timer)
      view.setDetail(null)
    },
    stop() {
      generation++
      clearTimeout(timer)
    },
  }
}

/** Whether a part is one of this map: its tiers can be mixed by the same sliders. */
function fits({ header }: Model, part: Model): boolean {
  const axesOf = ({ symbol, timeframe, tiers }: Model['header']) =>
    JSON.stringify([symbol, timeframe, tiers.map(({ leverage }) => leverage)])
  return axesOf(header) === axesOf(part.header)
}
