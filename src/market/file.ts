import { readFile } from 'node:fs/promises'
import { basename, isAbsolute, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type ColumnMapping, parseCsv } from './csv.ts'
import { durationMs } from './duration.ts'
import { DataError } from './errors.ts'
import { createMarket, type Market } from './market.ts'
import { resample } from './resample.ts'
import { currentTask } from './task.ts'

export interface FileSource {
  /** A .csv or .csv.gz file; relative names are looked up in the working directory, then beside the notebook. */
  file: string
  /** ccxt's unified symbol. Default: the file's name. */
  symbol?: string
  /** e.g. `4h`; finer data is put together into such bars. Default: as in the file. */
  timeframe?: string
  /** First and last moment to keep (ISO date or epoch ms; `until` exclusive). */
  since?: string | number
  until?: string | number
  /** For column names that are not known by themselves: our name → the file's. */
  columns?: ColumnMapping
}

/** Largest file that is taken into memory, unpacked. */
const MAX_BYTES = 1 << 30

/**
 * A market from a CSV file, packed or not.
 *
 * @throws DataError when the file is not there or not readable, or naming the file, column, row and value that is wrong
 */
export async function readMarketFile(source: FileSource): Promise<Market> {
  const { bytes, path } = await readFirst(source.file)
  const name = basename(path)
  try {
    const columns = parseCsv(await decode(bytes), source.columns)
    const market = createMarket(columns, { symbol: source.symbol ?? name.replace(/\.csv(\.gz)?$/i, ''), source: name })
    return source.timeframe === undefined ? market : resample(market, durationMs(source.timeframe, 'timeframe'))
  } catch (error) {
    if (error instanceof DataError) throw new DataError(`${name}: ${error.message}`)
    throw error
  }
}

async function readFirst(file: string): Promise<{ bytes: Buffer; path: string }> {
  const { notebookDir, signal } = currentTask()
  const places = isAbsolute(file)
    ? [file]
    : [...new Set([resolve(file), ...(notebookDir === undefined ? [] : [resolve(notebookDir, file)])])]
  for (const path of places) {
    try {
      return { bytes: await readFile(path, { signal }), path }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EISDIR') throw new DataError(`${path} is a folder, but expected a .csv or .csv.gz file`)
      if (code !== 'ENOENT') throw error
    }
  }
  throw new DataError(`There is no file ${places.join(' nor ')}`)
}

async function decode(bytes: Buffer): Promise<string> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const plain = packed ? await unpack(bytes) : bytes
  if (plain.length > MAX_BYTES)
    throw new DataError(`The file has ${plain.length} bytes; at most ${MAX_BYTES} can be read`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch {
    throw new DataError('The file is not UTF-8 text, so it is not a CSV file')
  }
}

async function unpack(bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES })
  } catch (error) {
    throw new DataError(`The gzip file cannot be unpacked: ${(error as Error).message}`)
  }
}
