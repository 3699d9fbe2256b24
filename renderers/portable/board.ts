/** The figure of a saved board: its small maps side by side, each in colours of its own. */
import { CANDLES_ON_MAP, candlesTrace } from '../../src/charts/candles.ts'
import type { Figure } from '../../src/charts/figure.ts'
import { cellsTrace, colourRange, priceAxisType } from '../../src/charts/heatmap-traces.ts'
import { type SmallMap, unpackBoard } from '../board/model.ts'
import { readBoard } from '../board/payload.ts'
import { edgesOf } from './map.ts'

const PER_ROW = 3
/** Height of a row of maps, px. */
const ROW_PX = 260
/** Between maps, as a share of the width and in px. */
const GAP = 0.08
const GAP_PX = 70
/** Above and below the maps, px. */
const MARGIN = { l: 60, r: 20, t: 90, b: 50 }

/**
 * undefined for a board without maps, which is a table.
 * @throws PayloadError if the payload is damaged
 */
export async function boardFigure(payload: unknown): Promise<Figure | undefined> {
  const { maps, header } = await unpackBoard(readBoard(payload))
  if (maps.length === 0) return undefined
  const across = Math.min(PER_ROW, maps.length)
  const down = Math.ceil(maps.length / PER_ROW)
  const height = down * ROW_PX
  const [gapX, gapY] = [GAP, GAP_PX / height]
  const [width, tall] = [(1 - (across - 1) * gapX) / across, (1 - (down - 1) * gapY) / down]
  const places = maps.map((map, i) => {
    const left = (i % PER_ROW) * (width + gapX)
    const top = 1 - Math.floor(i / PER_ROW) * (tall + gapY)
    return { map, id: i === 0 ? '' : String(i + 1), left, right: left + width, bottom: top - tall, top }
  })
  return {
    data: places.flatMap(({ map, id }) => tracesOf(map).map(trace => ({ ...trace, xaxis: `x${id}`, yaxis: `y${id}` }))),
    layout: {
      title: {
        text: 'Estimated liquidations',
        subtitle: {
          text: `${header.more > 0 ? `${header.more} more in the table; ` : ''}colours compare levels of one map only`,
        },
      },
      height: height + MARGIN.t + MARGIN.b,
      margin: MARGIN,
      ...Object.fromEntries(
        places.flatMap(({ map, id, left, right, bottom, top }) => [
          [
            `xaxis${id}`,
            {
              type: 'date',
              anchor: `y${id}`,
              domain: [left, Math.min(1, right)],
              rangeslider: { visible: false },
              range: [map.edges[0], map.edges[map.columns]],
              nticks: 4,
            },
          ],
          [
            `yaxis${id}`,
            {
              anchor: `x${id}`,
              domain: [Math.max(0, bottom), top],
              type: priceAxisType(edgesOf(map).y),
              tickformat: ',~r',
              nticks: 6,
            },
          ],
        ]),
      ),
      annotations: places.map(({ map: { header: head }, left, top }) => ({
        text: `${head.symbol} ${head.timeframe}${head.synthetic ? ' (synthetic)' : ''}`,
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

function tracesOf(map: SmallMap): Record<string, unknown>[] {
  const cells = { ...edgesOf(map), z: map.usd }
  return [cellsTrace(cells, colourRange(cells.z), map.header.unit), candlesTrace(map.candles, CANDLES_ON_MAP)]
}
