/** Files of one small market in every format and packing that is read, to be damaged. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  CompressionType,
  setCompressionCodec,
  TimeUnit,
  tableFromArrays,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { HOUR } from '../../src/common/duration.ts'
import { decompressLz4Frame } from '../../src/data/import/lz4.ts'
import { lz4Literals, zipOf } from '../data/import/archive-builders.ts'

export const FORMATS = ['csv', 'json', 'jsonl', 'gz', 'zip', 'parquet', 'arrow'] as const
export type Format = (typeof FORMATS)[number]

/** A file of a format: its bytes, and for packed ones how to pack changed content. */
export interface MarketFile {
  bytes: Uint8Array
  content?: Uint8Array
  pack?(content: Uint8Array): Uint8Array
}

const ROWS = 40
const START = Date.UTC(2024, 5, 19, 21)
const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const

const rows = Array.from({ length: ROWS }, (_, i) => {
  const close = 100 + ((i * 37) % 11) / 4
  return { time: START + i * HOUR, open: close - 1, high: close + 4, low: close - 4, close, volume: (i % 5) * 1.125 }
})
const column = (name: keyof (typeof rows)[number]) => rows.map(row => row[name])

const csv = [
  'time,open,high,low,close,volume,"note, of the row"',
  ...rows.map(row => `${[row.time, ...FIELDS.map(name => row[name])].join(',')},"a ""b"", c"`),
  '',
].join('\n')
const iso = [
  'Date;Open;High;Low;Close;Volume',
  ...rows.map(row => [new Date(row.time).toISOString(), ...FIELDS.map(name => row[name])].join(';')),
].join('\r\n')
const trades = [
  'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker',
  ...rows.map((row, i) => `${i},${row.close},${row.volume + 1},${i},${i},${row.time},${i % 2 === 0}`),
].join('\n')
const lists = JSON.stringify(rows.map(row => [row.time, ...FIELDS.map(name => row[name])]))
const objects = JSON.stringify(rows, null, 1)
const response = JSON.stringify({ retCode: 0, result: { list: rows.map(row => Object.values(row).map(String)) } })
const lines = rows.map(row => JSON.stringify(row)).join('\n')
const listLines = rows.map(row => JSON.stringify(Object.values(row))).join('\r\n')

const text = (content: string): MarketFile => ({ bytes: Buffer.from(content) })
const packed = (content: string, pack: (content: Uint8Array) => Uint8Array): MarketFile => ({
  bytes: pack(Buffer.from(content)),
  content: Buffer.from(content),
  pack,
})
const zip = (stored: boolean) => (content: Uint8Array) => zipOf('candles.csv', content, { stored })

function parquet(options: object): MarketFile {
  const time = { name: 'date', data: column('time').map(ms => new Date(ms)), type: 'TIMESTAMP' as const }
  const columns = FIELDS.map(name => ({ name, data: Float64Array.from(column(name)), type: 'DOUBLE' as const }))
  return { bytes: new Uint8Array(parquetWriteBuffer({ columnData: [time, ...columns], ...options })) }
}

function arrow(codec: (typeof CompressionType)['LZ4_FRAME'] | null, format: 'file' | 'stream' = 'file'): MarketFile {
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode: lz4Literals, decode: decompressLz4Frame })
  const values = Object.fromEntries(FIELDS.map(name => [name, Float64Array.from(column(name))]))
  const table = tableFromArrays(
    { date: column('time'), ...values, symbol: rows.map(() => 'BTCUSDT') },
    { types: { date: timestamp(TimeUnit.NANOSECOND, 'UTC'), symbol: utf8() } },
  )
  return { bytes: tableToIPC(table, { format, codec })! }
}

/** @param samples folder of files that pyarrow wrote */
export function marketFiles(samples: string): Record<Format, MarketFile[]> {
  const written = (extension: string): MarketFile[] =>
    readdirSync(samples)
      .filter(name => name.endsWith(extension))
      .sort()
      .map(name => ({ bytes: new Uint8Array(readFileSync(join(samples, name))) }))
  return {
    csv: [text(csv), text(iso), text(trades)],
    json: [text(lists), text(objects), text(response)],
    jsonl: [text(lines), text(listLines)],
    gz: [packed(csv, gzipSync), packed(objects, gzipSync), packed(lines, gzipSync)],
    zip: [packed(csv, zip(false)), packed(csv, zip(true)), packed(lines, zip(false))],
    parquet: [
      parquet({ codec: 'UNCOMPRESSED' }),
      parquet({ codec: 'UNCOMPRESSED', rowGroupSize: 15 }),
      parquet({ codec: 'SNAPPY' }),
      ...written('.parquet'),
    ],
    arrow: [arrow(null), arrow(CompressionType.LZ4_FRAME), arrow(null, 'stream'), ...written('.arrow')],
  }
}
