/** Markets as files that a worker elsewhere can read and check, named by their content. */
import { decodeDoubles, encodeDoubles } from '../common/doubles.ts'
import { DataError } from '../common/errors.ts'
import type { Json, JsonObject } from '../common/json.ts'
import { decodeTable, encodeTable, type SealedTable, tableDigest } from '../data/sealed-table.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type Market,
  type MarketColumns,
  type MarketMeta,
} from '../market/market.ts'
import { fromJson, toJson } from './plain-options.ts'

const SERIES = ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS] as const
const FORMAT = 1
const TABLES = new WeakMap<Market, SealedTable>()

/** A hash of everything of a market that a backtest can depend on. Notes and the truth of a simulated market are not part of it. */
export function marketHash(market: Market): string {
  return tableDigest(tableOf(market))
}

/** The market as a Parquet file: one row for each bar. */
export function encodeMarket(market: Market): Uint8Array {
  return encodeTable(tableOf(market))
}

/**
 * @param hash that the market must have
 * @throws DataError saying what is wrong, without the name of the file
 */
export async function decodeMarket(bytes: ArrayBuffer, hash: string): Promise<Market> {
  const { header, columns } = await decodeTable(bytes)
  const { format, meta, funding } = header
  if (format !== FORMAT) throw new DataError(`it has format ${format}, but this Liqnb reads ${FORMAT}`)
  const market = createMarket(columns as unknown as MarketColumns, {
    ...(fromJson(meta!) as MarketMeta),
    ...(funding && {
      funding: {
        time: readDoubles((funding as JsonObject).time),
        rate: readDoubles((funding as JsonObject).rate),
      },
    }),
  })
  if (marketHash(market) !== hash) throw new DataError('it is another market: its hash differs')
  return market
}

function tableOf(market: Market): SealedTable {
  const cached = TABLES.get(market)
  if (cached) return cached
  const { symbol, source, barMs, synthetic, instrument, leverageTiers, funding } = market
  const columns = Object.fromEntries(SERIES.flatMap(name => (market[name] ? [[name, market[name]]] : [])))
  const meta = { symbol, source, barMs, synthetic, instrument, leverageTiers }
  const table = {
    header: {
      format: FORMAT,
      meta: toJson(meta, 'market'),
      ...(funding && { funding: { time: encodeDoubles(funding.time), rate: encodeDoubles(funding.rate) } }),
    },
    columns,
  }
  TABLES.set(market, table)
  return table
}

/** @throws DataError */
function readDoubles(text: Json | undefined): Float64Array {
  const values = decodeDoubles(String(text))
  if (!values) throw new DataError('its funding is not of whole numbers of 64 bits')
  return values
}
