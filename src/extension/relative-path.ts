/** Paths as cells write them. */
import { isAbsolute, relative, sep } from 'node:path'

/** A file's path for a cell: relative to the notebook's folder, with slashes; absolute if it is far away or on another drive. */
export function pathForCell(folder: string, file: string): string {
  const path = relative(folder, file)
  const isFar = isAbsolute(path) || path.startsWith(['..', '..', '..'].join(sep))
  return (isFar ? file : path).replaceAll(sep, '/')
}

/** A text between quotes: with escapes for the quotes and for a backslash. */
export function escapeForString(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
}

/** Files that `file:` can name, by their names. */
export const DATA_FILE = /\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather|zip)(?:\.gz)?$/i
