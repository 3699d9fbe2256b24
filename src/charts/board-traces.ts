/** Draws a board whose maps are known, whether just built or read from a saved output: side by side, each in colours of its own. */
import { CANDLES_ON_MAP, type Candles, candlesTrace, type Numbers } from './candles.ts'
import type { Figure } from './figure.ts'
import { cellsTrace, colourRange, type HeatmapCells, priceAxisType } from './heatmap-traces.ts'

/** One map of a board. */
export interface BoardTile {
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What the amounts are: `USD`, or `relative`. */
  unit: string
  cells: HeatmapCells
  candles: Candles<Numbers>
}

const PER_ROW = 3
/** Height of a row of maps, px. */
const ROW_PX = 260
/** Between maps, as a share of the width and in px. */
const GAP = 0.08
const GAP_PX = 70
/** Above and below the maps, px. */
const MARGIN = { l: 60, r: 20, t: 90, b: 50 }

/**
 * @param tiles in the order of the board, three in a row
 * @param more number of maps that are only in the table
 */
export function drawBoard(tiles: readonly BoardTile[], more: number): Figure {
  const across = Math.max(1, Math.min(PER_ROW, tiles.length))
  const down = Math.max(1, Math.ceil(tiles.length / PER_ROW))
  const height = down * ROW_PX
  const [gapX, gapY] = [GAP, GAP_PX / height]
  const [width, tall] = [(1 - (across - 1) * gapX) / across, (1 - (down - 1) * gapY) / down]
  const places = tiles.map((tile, i) => {
    const left = (i % PER_ROW) * (width + gapX)
    const top = 1 - Math.floor(i / PER_ROW) * (tall + gapY)
    return { tile, id: i === 0 ? '' : String(i + 1), left, right: left + width, bottom: top - tall, top }
  })
  return {
    data: places.flatMap(({ tile, id }) =>
      tracesOf(tile).map(trace => ({ ...trace, xaxis: `x${id}`, yaxis: `y${id}` })),
    ),
    layout: {
      title: {
        text: 'Estimated liquidations',
        subtitle: {
          text:
            tiles.length === 0
              ? 'No map'
              : `${more > 0 ? `${more} more in the table; ` : ''}colours compare levels of one map only`,
        },
      },
      height: height + MARGIN.t + MARGIN.b,
      margin: MARGIN,
      ...Object.fromEntries(
        places.flatMap(({ tile: { cells }, id, left, right, bottom, top }) => [
          [
            `xaxis${id}`,
            {
              type: 'date',
              anchor: `y${id}`,
              domain: [left, Math.min(1, right)],
              rangeslider: { visible: false },
              range: [cells.x[0], cells.x.at(-1)],
              nticks: 4,
            },
          ],
          [
            `yaxis${id}`,
            {
              anchor: `x${id}`,
              domain: [Math.max(0, bottom), top],
              type: priceAxisType(cells.y),
              tickformat: ',~r',
              nticks: 6,
            },
          ],
        ]),
      ),
      annotations: places.map(({ tile, left, top }) => ({
        text: `${tile.symbol} ${tile.timeframe}${tile.synthetic ? ' (synthetic)' : ''}`,
        xref: 'paper',
        yref: 'paper',
        x: left,
        y: top,
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
      })),
      hovermode: 'closest',
      showlegend: false,
    },
  }
}

function tracesOf({ cells, candles, unit }: BoardTile): Record<string, unknown>[] {
  return [cellsTrace(cells, colourRange(cells.z), unit), candlesTrace(candles, CANDLES_ON_MAP)]
}
