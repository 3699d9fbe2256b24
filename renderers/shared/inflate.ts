/** Decompresses the packed data of a payload: base64 of a raw deflate stream. */
import { fromBase64 } from './base64.ts'
import { PayloadError } from './payload.ts'

/**
 * Never takes more memory than `size` bytes, however long the stream is.
 *
 * @param expectedBy what `size` comes from, for the message
 * @throws PayloadError unless the data is base64 of a deflate stream of exactly `size` bytes
 */
export async function inflate(data: string, size: number, expectedBy: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  let filled = 0
  const packed = decode(data)
  const stream = new DecompressionStream('deflate-raw')
  // Errors in the data surface when reading.
  write(stream.writable, packed).catch(() => {})
  const reader = stream.readable.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(error => {
      throw new PayloadError(
        `"data" cannot be unpacked (${error instanceof Error ? error.message : error}); it may be cut short`,
      )
    })
    if (done) break
    if (filled + value.length > size) {
      void reader.cancel()
      throw new PayloadError(`"data" holds more than the ${size} bytes that ${expectedBy} requires`)
    }
    bytes.set(value, filled)
    filled += value.length
  }
  if (filled < size) throw new PayloadError(`"data" holds ${filled} of the ${size} bytes that ${expectedBy} requires`)
  return bytes
}

/** Written in chunks, because the output of a whole chunk is in memory before the reader can stop it. */
const CHUNK_BYTES = 32 * 1024

/** Avoids a Blob's stream, which comes from another process. */
async function write(stream: WritableStream<BufferSource>, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = stream.getWriter()
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    await writer.write(bytes.subarray(start, start + CHUNK_BYTES))
  await writer.close()
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text)
  } catch {
    throw new PayloadError('"data" is not base64')
  }
}
