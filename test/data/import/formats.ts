/** The same two bars as a file of every supported format. */
import { gzipSync } from 'node:zlib'
import {
  type Table as ArrowTable,
  CompressionType,
  setCompressionCodec,
  TimeUnit,
  tableFromArrays,
  tableToIPC,
  timestamp,
} from '@uwdata/flechette'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { HOUR } from '../../../src/common/duration.ts'
import { decompressLz4Frame } from '../../../src/data/import/lz4.ts'
import { lz4Literals, zipOf } from './archive-builders.ts'
import { lines } from './helpers.ts'

type Codec = Parameters<typeof tableToIPC>[1]['codec']

const T = Date.UTC(2024, 5, 19, 21)

/** The two bars that every format holds. */
export const ROWS = [
  [T, 101.5, 103.25, 100, 102, 7.125],
  [T + HOUR, 102, 102, 99.5, 100.1, 0],
]
export const column = (index: number) => ROWS.map(row => row[index]!)
export const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const

export const csv = lines('time,open,high,low,close,volume', ...ROWS.map(row => row.join(',')), '')
export const objects = ROWS.map(([time, open, high, low, close, volume]) => ({ time, open, high, low, close, volume }))
const texts = ROWS.map(([time, ...values]) => [time, ...values.map(String)])

export const FORMATS: readonly [string, () => string | Uint8Array][] = [
  ['CSV', () => csv],
  ['CSV in gzip', () => gzipSync(csv)],
  ['CSV in gzip, in two parts', () => Buffer.concat([gzipSync(csv.slice(0, 60)), gzipSync(csv.slice(60))])],
  ['CSV in zip', () => zipOf('candles.csv', csv)],
  ['CSV in zip, not compressed', () => zipOf('candles.csv', csv, { stored: true })],
  ['JSON, a list of lists (ccxt, freqtrade)', () => JSON.stringify(ROWS)],
  ['JSON, a list of lists with numbers as texts', () => JSON.stringify(texts, null, 1)],
  ['JSON, a list of objects', () => JSON.stringify(objects)],
  ['JSON lines of objects', () => objects.map(row => JSON.stringify(row)).join('\n')],
  ['JSON lines of lists', () => ROWS.map(row => JSON.stringify(row)).join('\r\n')],
  ['JSON lines in gzip', () => gzipSync(objects.map(row => `${JSON.stringify(row)}\n`).join(''))],
  ['JSON inside a response', () => JSON.stringify({ retCode: 0, result: { symbol: 'BTCUSDT', list: texts } })],
  [
    'JSON of Coinalyze',
    () =>
      JSON.stringify([
        {
          symbol: 'BTCUSDT_PERP.A',
          history: ROWS.map(([t, o, h, l, c, v]) => ({ t: Number(t) / 1000, o, h, l, c, v, bv: v, tx: 3, btx: 1 })),
        },
      ]),
  ],
  ['Parquet with doubles', () => parquet()],
  ['Parquet, not compressed, in row groups of one', () => parquet({ codec: 'UNCOMPRESSED', rowGroupSize: 1 })],
  ['Parquet with decimals', () => parquet({}, true)],
  ['Arrow', () => arrow()],
  ['Arrow with LZ4 (Feather)', () => arrow(CompressionType.LZ4_FRAME)],
]

export function parquet(options: object = {}, decimals = false): Uint8Array {
  const time = { name: 'date', data: column(0).map(ms => new Date(ms)), type: 'TIMESTAMP' as const }
  const columnData = [
    time,
    ...FIELDS.map((name, k) => ({ name, data: Float64Array.from(column(k + 1)), type: 'DOUBLE' as const })),
  ]
  if (!decimals) return new Uint8Array(parquetWriteBuffer({ columnData, ...options }))
  const schema = [
    { name: 'root', num_children: 6 },
    {
      name: 'date',
      type: 'INT64' as const,
      converted_type: 'TIMESTAMP_MILLIS' as const,
      repetition_type: 'REQUIRED' as const,
    },
    ...FIELDS.map(name => ({
      name,
      type: 'INT64' as const,
      converted_type: 'DECIMAL' as const,
      scale: 3,
      precision: 18,
      repetition_type: 'REQUIRED' as const,
    })),
  ]
  const data = [time, ...FIELDS.map((name, k) => ({ name, data: column(k + 1) }))].map(({ name, data }) => ({
    name,
    data,
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData: data, schema, ...options }))
}

export function arrowBytes(table: ArrowTable, codec: Codec = null): Uint8Array {
  const bytes = tableToIPC(table, { format: 'file', codec })
  if (bytes === null) throw new Error('The table could not be encoded')
  return bytes
}

export function arrow(codec: Codec = null): Uint8Array {
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode: lz4Literals, decode: decompressLz4Frame })
  return arrowBytes(arrowCandles(), codec)
}

/** The same as a stream, as it goes over a network. */
export function arrowStream(): Uint8Array {
  const bytes = tableToIPC(arrowCandles(), { format: 'stream' })
  if (bytes === null) throw new Error('The table could not be encoded')
  return bytes
}

function arrowCandles(): ArrowTable {
  const data = {
    date: column(0),
    ...Object.fromEntries(FIELDS.map((name, k) => [name, Float64Array.from(column(k + 1))])),
  }
  return tableFromArrays(data, { types: { date: timestamp(TimeUnit.NANOSECOND, 'UTC') } })
}
