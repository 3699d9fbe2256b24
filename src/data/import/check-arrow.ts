/**
 * Checks the headers of an Arrow file or stream before flechette builds objects of them: it reads zeros beyond the end of the bytes, and
 * allocates what a header states. https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 */

const MAGIC_BYTES = 6
/** Types of fields in the order of Schema.fbs. */
const DECIMAL = 7
const TIMESTAMP = 10
const UNION = 14
/** Messages: dictionaries and records. */
const DICTIONARY_BATCH = 2
const RECORD_BATCH = 3
const MAX_DEPTH = 32
/** A row takes a bit at least, an entry of a dictionary four bytes; ZSTD packs equal bytes 32,768-fold, LZ4 255-fold. */
const MAX_ROWS_PER_BYTE = 8 * 32_768
const MAX_ENTRIES_PER_BYTE = 2048
const MAX_DECIMAL_PLACES = 76

/** Messages of a stream begin with this. */
const CONTINUATION = -1
const SCHEMA = 1

/** @throws Error when a header is damaged, or states ranges outside of the file */
export function checkArrow(bytes: Uint8Array): void {
  const begin = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 8 && begin.getInt32(0, true) === CONTINUATION) checkStream(bytes, begin)
  else checkFile(bytes)
}

/** A stream is a list of messages, each with its length, that ends with a length of 0 or with the file. */
function checkStream(bytes: Uint8Array, view: DataView): void {
  let at = 0
  let hasSchema = false
  while (at < bytes.length) {
    if (bytes.length - at < 8 || view.getInt32(at, true) !== CONTINUATION) throw new Error('it is cut off')
    const metaBytes = view.getInt32(at + 4, true)
    if (metaBytes === 0) break
    const body = at + 8 + metaBytes
    if (metaBytes < 8 || body > bytes.length) throw new Error('it is cut off')
    const header = new FlatBuffer(bytes.subarray(at + 8, body))
    const message = header.table(0)
    const isSchema = message(6) !== 0 && header.uint8(message(6)) === SCHEMA
    const bodyBytes = message(10) === 0 ? 0 : header.int64(message(10))
    if (!(bodyBytes >= 0 && body + bodyBytes <= bytes.length)) throw new Error('it is cut off')
    if (isSchema !== !hasSchema || (isSchema && message(8) === 0)) throw new Error('a header is damaged')
    if (isSchema) checkSchema(header, message(8))
    else checkMessage(bytes.subarray(at, body), bodyBytes)
    hasSchema = true
    at = body + bodyBytes
  }
  if (!hasSchema) throw new Error('it has no schema')
}

function checkFile(bytes: Uint8Array): void {
  const footerEnd = bytes.length - MAGIC_BYTES - 4
  if (footerEnd < 8) throw new Error('it is cut off')
  const tail = new DataView(bytes.buffer, bytes.byteOffset + footerEnd)
  if (String.fromCharCode(...bytes.subarray(-MAGIC_BYTES)) !== 'ARROW1')
    throw new Error('it is cut off: it does not end with ARROW1')
  const footerBytes = tail.getInt32(0, true)
  if (footerBytes < 8 || footerBytes > footerEnd - 8) throw new Error('its footer does not lie within the file')
  const footer = new FlatBuffer(bytes.subarray(footerEnd - footerBytes, footerEnd))
  const root = footer.table(0)
  const schema = root(6)
  if (schema === 0) throw new Error('it has no schema')
  checkSchema(footer, schema)
  for (const slot of [8, 10])
    for (const block of footer.vector(root(slot), 24)) {
      const [offset, metaBytes, bodyBytes] = [footer.int64(block), footer.int32(block + 8), footer.int64(block + 16)]
      if (!(offset >= 8 && metaBytes >= 8 && bodyBytes >= 0 && offset + metaBytes + bodyBytes <= bytes.length))
        throw new Error('a record batch lies outside of the file')
      checkMessage(bytes.subarray(offset, offset + metaBytes), bodyBytes)
    }
}

/** Flatbuffers: tables with offsets to fields. Every position is checked. */
class FlatBuffer {
  readonly #view: DataView
  /** Reads that are left: offsets that lead back would make a few bytes endless. */
  #budget: number

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = bytes.length
  }

  // A DataView throws beyond its end.
  int32 = (at: number) => this.#view.getInt32(at, true)
  int16 = (at: number) => this.#view.getInt16(at, true)
  uint8 = (at: number) => this.#view.getUint8(at)
  int64 = (at: number) => Number(this.#view.getBigInt64(at, true))

  /** A table's fields: the position of the field in a slot, 0 when it is not there. */
  table(at: number): (slot: number) => number {
    if (--this.#budget < 0) throw new Error('a header refers to itself')
    const position = at + this.int32(at)
    const vtable = position - this.int32(position)
    const size = this.int16(vtable)
    if (size < 4 || vtable + size > this.#view.byteLength) throw new Error('a header is damaged')
    return slot => {
      const offset = slot < size ? this.int16(vtable + slot) : 0
      if (offset < 0 || position + offset >= this.#view.byteLength) throw new Error('a header is damaged')
      return offset === 0 ? 0 : position + offset
    }
  }

  /** Positions of a vector's members; none without a vector. */
  vector(at: number, stride: number): number[] {
    if (at === 0) return []
    const base = at + this.int32(at)
    const length = this.int32(base)
    if (length < 0 || length > (this.#view.byteLength - base - 4) / stride)
      throw new Error(`a list of a header has ${length} members`)
    this.#budget -= length
    if (this.#budget < 0) throw new Error('a header refers to itself')
    return Array.from({ length }, (_, i) => base + 4 + i * stride)
  }

  /** A text is a vector of bytes. */
  checkText(at: number): void {
    const base = at + this.int32(at)
    const length = this.int32(base)
    if (length < 0 || length > this.#view.byteLength - base - 4) throw new Error('a text of a header is cut off')
  }
}

function checkSchema(buffer: FlatBuffer, at: number): void {
  const schema = buffer.table(at)
  if (schema(4) !== 0 && buffer.int16(schema(4)) !== 0) throw new Error('its numbers are big-endian')
  for (const field of buffer.vector(schema(6), 4)) checkField(buffer, field, 0)
  checkPairs(buffer, schema(8))
}

function checkField(buffer: FlatBuffer, at: number, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error('its columns are nested too deeply')
  const field = buffer.table(at)
  if (field(4) === 0) throw new Error('a column has no name')
  buffer.checkText(field(4))
  const typeId = field(8) === 0 ? 0 : buffer.uint8(field(8))
  if (field(10) === 0) throw new Error('a column has no type')
  const type = buffer.table(field(10))
  if (typeId === TIMESTAMP && type(6) !== 0) buffer.checkText(type(6))
  if (typeId === UNION) buffer.vector(type(6), 4)
  if (typeId === DECIMAL && type(6) !== 0 && Math.abs(buffer.int32(type(6))) > MAX_DECIMAL_PLACES)
    throw new Error(`a column has decimals of ${buffer.int32(type(6))} places`)
  if (field(12) !== 0) {
    const dictionary = buffer.table(field(12))
    if (dictionary(6) !== 0) buffer.table(dictionary(6))
  }
  for (const child of buffer.vector(field(14), 4)) checkField(buffer, child, depth + 1)
  checkPairs(buffer, field(16))
}

function checkPairs(buffer: FlatBuffer, at: number): void {
  for (const entry of buffer.vector(at, 4)) {
    const pair = buffer.table(entry)
    for (const slot of [4, 6]) {
      if (pair(slot) === 0) throw new Error('a header is damaged')
      buffer.checkText(pair(slot))
    }
  }
}

function checkMessage(bytes: Uint8Array, bodyBytes: number): void {
  const prefix = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = prefix.getInt32(0, true) === -1 ? 8 : 4
  const length = prefix.getInt32(start - 4, true)
  if (length < 8 || length > bytes.length - start) throw new Error('a record batch has a damaged header')
  const buffer = new FlatBuffer(bytes.subarray(start, start + length))
  const message = buffer.table(0)
  const version = message(4) === 0 ? 0 : buffer.int16(message(4))
  const type = message(6) === 0 ? 0 : buffer.uint8(message(6))
  const isDictionary = type === DICTIONARY_BATCH
  if ((type !== RECORD_BATCH && !isDictionary) || message(8) === 0)
    throw new Error('a record batch has a damaged header')
  const stated = message(10) === 0 ? 0 : buffer.int64(message(10))
  if (stated !== bodyBytes) throw new Error(`a record batch has ${bodyBytes} bytes, but is said to have ${stated}`)
  const records = isDictionary ? buffer.table(message(8))(6) : message(8)
  if (records === 0) throw new Error('a dictionary has no values')
  checkRecords(buffer, records, version, bodyBytes, isDictionary ? MAX_ENTRIES_PER_BYTE : MAX_ROWS_PER_BYTE)
}

function checkRecords(
  buffer: FlatBuffer,
  at: number,
  version: number,
  bodyBytes: number,
  maxPackedPerByte: number,
): void {
  const records = buffer.table(at)
  const maxRows = bodyBytes * (records(10) === 0 ? 8 : maxPackedPerByte)
  const rows = records(4) === 0 ? 0 : buffer.int64(records(4))
  for (const node of buffer.vector(records(6), 16)) {
    const [length, nulls] = [buffer.int64(node), buffer.int64(node + 8)]
    // A column inside lists has rows of its own.
    if (!(length >= 0 && length <= maxRows && nulls >= 0 && nulls <= length))
      throw new Error(`a column has ${length} rows, of which ${nulls} are empty, in ${bodyBytes} bytes`)
  }
  if (rows < 0 || rows > maxRows) throw new Error(`a record batch has ${rows} rows in ${bodyBytes} bytes`)
  // Before version 4 each has eight more bytes.
  const extra = version < 3 ? 8 : 0
  for (const region of buffer.vector(records(8), 16 + extra)) {
    const [offset, length] = [buffer.int64(region + extra), buffer.int64(region + extra + 8)]
    if (!(offset >= 0 && length >= 0 && offset + length <= bodyBytes))
      throw new Error('a column lies outside of its record batch')
  }
  if (records(10) !== 0) buffer.table(records(10))
  for (const count of buffer.vector(records(12), 8))
    if (!(buffer.int64(count) >= 0 && buffer.int64(count) <= bodyBytes))
      throw new Error('a record batch has a damaged header')
}
