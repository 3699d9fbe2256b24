/** Checks the structure of Thrift messages before hyparquet builds objects of them. */

/** Types of Thrift's compact protocol. */
const TRUE = 1
const FALSE = 2
const BYTE = 3
const I16 = 4
const I32 = 5
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const STRUCT = 12

/** Parquet's own messages nest seven levels. */
const MAX_DEPTH = 16
const MAX_VARINT_BYTES = 10

/**
 * Walks over one struct, so that lengths, nesting and integers of any size are refused in linear time.
 *
 * @returns where it ends
 * @throws Error when it does not end within the bytes
 */
export function checkThrift(bytes: Uint8Array, from: number): number {
  let at = from
  const readByte = (): number => {
    const byte = bytes[at++]
    if (byte === undefined) throw new Error('a header is cut off')
    return byte
  }
  const readVarint = (): number => {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = readByte()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Error('an integer of a header is too long')
  }
  const skip = (count: number) => {
    if (count > bytes.length - at) throw new Error('a header is cut off')
    at += count
  }
  const walkList = (depth: number) => {
    const head = readByte()
    const type = head & 15
    const size = head >> 4 === 15 ? readVarint() : head >> 4
    if (size > bytes.length - at) throw new Error(`a list of a header has ${size} members`)
    for (let i = 0; i < size; i++) walk(type === TRUE || type === FALSE ? BYTE : type, depth)
  }
  const walkStruct = (depth: number) => {
    for (let head = readByte(); (head & 15) !== 0; head = readByte()) {
      if (head >> 4 === 0) readVarint()
      walk(head & 15, depth)
    }
  }
  const walk = (type: number, depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error('a header is nested too deeply')
    if (type === TRUE || type === FALSE) return
    if (type === BYTE) skip(1)
    else if (type === I16 || type === I32 || type === I64) readVarint()
    else if (type === DOUBLE) skip(8)
    else if (type === BINARY) skip(readVarint())
    else if (type === LIST) walkList(depth + 1)
    else if (type === STRUCT) walkStruct(depth + 1)
    else throw new Error(`a header has a field of the unknown type ${type}`)
  }
  walkStruct(0)
  return at
}
