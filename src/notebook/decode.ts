import { NotebookError } from './errors.ts'

/** UTF-8 bytes as text, without a byte order mark. Other encodings are refused, with the place of the first wrong byte. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
    const found = wide ? 'it looks like UTF-16' : `byte ${firstInvalidByte(bytes)} fits no character`
    throw new NotebookError([{ path: '', message: `the file is not UTF-8 text: ${found}. Save it as UTF-8.` }])
  }
}

/** Bisects for the 0-based offset at which the longest decodable start of the bytes ends. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    try {
      // `stream` lets a character be cut off by the end of the part.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      valid = middle
    } catch {
      invalid = middle
    }
  }
  return valid
}
