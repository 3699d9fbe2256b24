/** What a scan shows in a notebook: a board of small maps, each of which opens as its explorer from the kernel. */
import type { ColumnTable } from 'arquero'
import * as v from 'valibot'
import { boardFigure, boardPayload, type TaggedMap } from '../charts/board.ts'
import { BOARD_MIME, type BoardCluster, type BoardRequest } from '../charts/board-payload.ts'
import { type DisplayedFigure, displayedFigure } from '../charts/display.ts'
import { EXPLORER_MIME } from '../charts/explorer-payload.ts'
import { DataError } from '../common/errors.ts'
import { channelHost, portableOutputs } from '../common/host.ts'
import { parse, type SchemaOf, wholeNumberFrom } from '../common/schema.ts'
import type { LiquidationMap, MapOptions } from '../liquidation/map.ts'
import type { Side } from '../liquidation/side.ts'
import { explorerBundle } from './explorer.ts'

/** A row of a scan. */
export interface BoardRow {
  /** Index of what was scanned: a market may have several timeframes. */
  entry: number
  symbol: string
  /** Absent where there is nothing to show. */
  map?: LiquidationMap
  /** The first of each side. */
  clusters: Record<Side, BoardCluster | undefined>
}

/** The kernel adds the text of the table. For other readers of the notebook there are a figure and the table, see {@link portableOutputs}. */
export function boardBundle(
  rows: readonly BoardRow[],
  table: ColumnTable,
  options: MapOptions,
): Record<string, unknown> {
  const maps = taggedMaps(rows)
  const payload = boardPayload(maps, table)
  const channel = openMaps(maps, options)
  return {
    [BOARD_MIME]: { ...payload, ...(channel !== undefined && { channel }) },
    ...(portableOutputs() && {
      ...(maps.length > 0 && { 'application/vnd.plotly.v1+json': boardFigure(maps) }),
      'application/vnd.dataresource+json': payload.table,
    }),
  }
}

/** The maps of a scan, as its board has them. */
export function scanFigure(rows: readonly BoardRow[]): DisplayedFigure {
  const maps = taggedMaps(rows)
  const names = maps.map(({ map: { market } }) => `${market.symbol} ${market.timeframe}`)
  return displayedFigure(boardFigure(maps), `Estimated liquidations: ${names.join(', ') || 'no map'}`)
}

const taggedMaps = (rows: readonly BoardRow[]): TaggedMap[] =>
  boardOrder(rows).map(({ map, clusters }) => ({ map: map!, clusters: tagsOf(clusters) }))

/** Rows with a map by market, in the order of the table, then by timeframe. */
function boardOrder(rows: readonly BoardRow[]): BoardRow[] {
  const shown = rows.filter(({ map }) => map !== undefined)
  const entries = [...new Set(shown.map(({ entry }) => entry))]
  return shown.toSorted(
    (a, b) => entries.indexOf(a.entry) - entries.indexOf(b.entry) || a.map!.market.barMs - b.map!.market.barMs,
  )
}

const tagsOf = (clusters: BoardRow['clusters']): BoardCluster[] =>
  (['long', 'short'] as const).flatMap(side => {
    const cluster = clusters[side]
    if (!cluster) return []
    const { low, high, peak, notional, distance } = cluster
    return [{ side, low, high, peak, notional, distance }]
  })

/** A channel that answers with the explorer of a map. Only the last one asked for stays connected to the kernel. */
function openMaps(maps: readonly TaggedMap[], options: MapOptions): string | undefined {
  const host = channelHost()
  const schema = v.strictObject({ map: wholeNumberFrom(0, maps.length - 1) }) satisfies SchemaOf<BoardRequest>
  let last: string | undefined
  return host?.open(message => {
    const request = parse(schema, message, problem => new DataError(`liq.scan: ${problem}`))
    const { map } = maps[request.map]!
    const { [EXPLORER_MIME]: explorer } = explorerBundle(map, '', { market: map.market, options })
    if (last !== undefined) host.close(last)
    last = (explorer as { channel?: string }).channel
    return explorer
  })
}
