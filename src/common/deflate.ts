/** Compresses columns of bytes into one raw deflate stream. */
import { constants, deflateRawSync } from 'node:zlib'

/** Blocks of about 16,000 symbols, each with codes of its own: larger ones mix what differs within a column. */
const MEM_LEVEL = 8

/**
 * Base64 of a raw deflate stream that unpacks to the columns, one after another. No block holds parts of two columns: numbers of one
 * column are alike, so their codes are shorter.
 *
 * @param level 1 (fast) to 9 (small)
 */
export function deflateColumns(columns: readonly Uint8Array[], level = 9): string {
  // Numbers that differ little, in no order: codes matter more than repetitions.
  const options = { level, memLevel: MEM_LEVEL, strategy: constants.Z_FILTERED }
  const streams = columns
    .filter(column => column.length > 0)
    .map(column => deflateRawSync(column, { ...options, finishFlush: constants.Z_SYNC_FLUSH }))
  // The last block of a stream is marked, here one that holds nothing.
  return Buffer.concat([...streams, deflateRawSync('', options)]).toString('base64')
}
