/** The error of a file whose bytes cannot be decoded. */
import { DataError, oneLine } from '../../common/errors.ts'

/** Turns whatever a decoder throws into a DataError; errors of the system and of a cancelled task stay as they are. */
export function damagedFile(format: string, error: unknown): unknown {
  if (error instanceof DataError || !(error instanceof Error)) return error
  if (error.name === 'AbortError' || 'syscall' in error) return error
  return new DataError(`The ${format} file cannot be read: ${oneLine(error.message)}`)
}
