/** Decodes notebook files. */
import { NotebookError } from './errors.ts'

/**
 * UTF-8 bytes as text, without a byte order mark.
 * @throws NotebookError for other encodings, with the offset of the first invalid byte
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const hasUtf16Mark = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
    const reason = hasUtf16Mark ? 'it looks like UTF-16' : `byte ${firstInvalidByte(bytes)} fits no character`
    throw new NotebookError([{ path: '', message: `the file is not UTF-8 text: ${reason}. Save it as UTF-8.` }])
  }
}

/** The 0-based offset at which the longest decodable prefix ends, found by bisection. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    try {
      // `stream` allows an incomplete character at the end of the part.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      valid = middle
    } catch {
      invalid = middle
    }
  }
  return valid
}
