/** Packed data of a payload: base64 of a raw deflate stream. */
import { fromBase64 } from './base64.ts'
import { PayloadError } from './json.ts'

/**
 * Reads no more than `size` bytes, whatever the stream would grow to.
 *
 * @param what the thing that asks for so many bytes, for the message
 * @throws PayloadError when the data is no base64, cannot be unpacked, or is not exactly `size` bytes long
 */
export async function inflate(data: string, size: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  let filled = 0
  const packed = bytesOf(data)
  const stream = new DecompressionStream('deflate-raw')
  // What is wrong with the data, reading says.
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
      throw new PayloadError(`"data" holds more than the ${size} bytes that ${what} asks for`)
    }
    bytes.set(value, filled)
    filled += value.length
  }
  if (filled < size) throw new PayloadError(`"data" holds ${filled} of the ${size} bytes that ${what} asks for`)
  return bytes
}

/** In pieces: what one of them grows to lies in the memory before the reader can say that it is too much. */
const PIECE = 32 * 1024

/** Straight into the stream, because that of a blob comes by way of another process. */
async function write(stream: WritableStream<BufferSource>, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = stream.getWriter()
  for (let at = 0; at < bytes.length; at += PIECE) await writer.write(bytes.subarray(at, at + PIECE))
  await writer.close()
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text)
  } catch {
    throw new PayloadError('"data" is not base64')
  }
}
