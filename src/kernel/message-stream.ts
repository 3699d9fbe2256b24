/**
 * Messages over a pipe: each is its length (4 bytes, little-endian) and V8's serialization of the value. The kernel has pipes of
 * its own for them, because cells can reach the listeners of Node's IPC channel through `process`.
 */
import { writeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Deserializer, Serializer } from 'node:v8'

const HEADER_BYTES = 4

/** Without Node's own treatment of typed arrays, whose class iterates a list of the cells' realm. */
export function encodeRequest(value: unknown): Uint8Array {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/** The value of {@link encodeRequest}. */
export function decodeRequest(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

/** A serialized value as it goes over the pipe. */
export function frame(body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + body.length)
  new DataView(message.buffer).setUint32(0, body.length, true)
  message.set(body, HEADER_BYTES)
  return message
}

/** Calls `onMessage` with the serialized value of every message of a stream. */
export function readMessages(stream: Readable, onMessage: (body: Uint8Array) => void): void {
  let chunks: Uint8Array[] = []
  let available = 0
  /** Bytes of the next message with its header, or of the header if that has not been read. */
  let expected = HEADER_BYTES
  stream.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk)
    available += chunk.length
    if (available < expected) return
    // A large message arrives in many chunks: joined once, when all of it is there.
    const bytes = join(chunks, available)
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const messages: Uint8Array[] = []
    let start = 0
    for (;;) {
      expected = HEADER_BYTES
      if (available - start < expected) break
      expected += header.getUint32(start, true)
      if (available - start < expected) break
      messages.push(bytes.subarray(start + HEADER_BYTES, start + expected))
      start += expected
    }
    available -= start
    chunks = available > 0 ? [bytes.subarray(start)] : []
    for (const message of messages) onMessage(message)
  })
}

function join(chunks: Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (first && chunks.length === 1) return first
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/** Writes to a pipe at once: what a process has sent arrives even if it is killed right after. Retries while the pipe is full. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      // The reader has gone, or the pipe is full.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}
