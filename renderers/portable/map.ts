/** The figure of a saved map: all of it, in the columns and rows of the file, mixed as the notebook's code says. */

import type { Figure } from '../../src/charts/figure.ts'
import { colourRange, drawHeatmap, type HeatmapCells } from '../../src/charts/heatmap-traces.ts'
import { recordedCircles } from '../../src/charts/recorded-traces.ts'
import { formatDuration } from '../../src/common/duration.ts'
import { columnMs } from '../explorer/maps.ts'
import { mix } from '../explorer/mix.ts'
import type { Model } from '../explorer/model.ts'
import { readHeader } from '../explorer/payload.ts'
import { unpack } from '../explorer/unpack.ts'

/** px */
const HEIGHT = 520

/** @throws PayloadError if the payload is damaged */
export async function mapFigure(payload: unknown): Promise<Figure> {
  const model = await unpack(readHeader(payload))
  const { header, candles, recorded } = model
  const { symbol, timeframe, synthetic, subject, unit } = header
  const cells = { ...edgesOf(model), z: mixedUsd(model) }
  return drawHeatmap({
    title: `${subject.both} · ${symbol} ${timeframe}`,
    subtitle: `${synthetic ? 'Synthetic market. ' : ''}Levels as known at the close of each bar; ${resolution(model)}`,
    height: HEIGHT,
    unit,
    cells,
    colours: colourRange(cells.z),
    candles,
    records: recorded ? recordedCircles(candles, recorded, 'both') : [],
  })
}

/** Longs and shorts of all tiers by their weights. */
function mixedUsd(model: Model): Float32Array {
  const { columns, rows, header } = model
  const usd = new Float32Array(columns * rows)
  const range = { rowFrom: 0, rowTo: rows, columnFrom: 0, columnTo: columns }
  mix(
    model,
    header.tiers.map(({ weight }) => weight),
    range,
    { long: usd, short: usd },
  )
  return usd
}

/** Edges of columns, and of rows as prices. */
export function edgesOf(axes: Pick<Model, 'edges' | 'rows' | 'lnLow' | 'lnRow'>): Pick<HeatmapCells, 'x' | 'y'> {
  const { edges, rows, lnLow, lnRow } = axes
  return { x: edges, y: Float64Array.from({ length: rows + 1 }, (_, row) => Math.exp(lnLow + row * lnRow)) }
}

/** What one cell of the figure is, e.g. `columns of 6h, rows of 0.2 %`. */
function resolution(model: Model): string {
  const { barMs } = model.header
  const width = Math.max(1, Math.round(columnMs(model) / barMs)) * barMs
  return `columns of ${formatDuration(width)}, rows of ${(100 * Math.expm1(model.lnRow)).toPrecision(2)} %`
}
