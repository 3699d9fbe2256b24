import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { durationMs } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import { dropUndefined } from '../../common/options.ts'
import { currentTask } from '../../common/task.ts'
import type { ReadOptions } from './detect-format.ts'

export interface FileOptions extends ReadOptions {
  /** Whether the time of a bar is that of its open (default) or of its close. */
  stamp?: 'open' | 'close'
  /**
   * Added to the file's times, e.g. `'1h'` or `'-9h'`, where its clock was wrong. `'auto'` finds the shift by comparing with
   * the other files, or with `against`, and says it.
   */
  shift?: string | number
}

/** One file of several, with options of its own that go before the common ones. */
export interface FileEntry extends FileOptions {
  file: string
}

/** A file name, an entry, or several; `*` stands for any text in the last part of a name. */
export type Files = string | FileEntry | readonly (string | FileEntry)[]

/**
 * The files that are meant, in the order given and by name where a `*` stands for several. Relative names are looked up in the
 * working directory, then beside the notebook.
 *
 * @throws DataError when a name fits no file
 */
export async function findFiles(files: Files, common: FileOptions): Promise<FileEntry[]> {
  const { file: _, ...options } = common as FileOptions & { file?: unknown }
  const list = Array.isArray(files) ? (files as readonly (string | FileEntry)[]) : [files as string | FileEntry]
  if (list.length === 0) throw new DataError('file: the list is empty')
  const found: FileEntry[] = []
  for (const one of list) {
    const entry = typeof one === 'string' ? { file: one } : one
    if (typeof entry?.file !== 'string')
      throw new DataError(`file: ${quoteValue(one)}, but expected the name of a file`)
    for (const path of await locate(entry.file)) found.push({ ...options, ...dropUndefined(entry), file: path })
  }
  return found
}

async function locate(name: string): Promise<string[]> {
  const { notebookDir } = currentTask()
  const places = isAbsolute(name)
    ? [name]
    : [...new Set([resolve(name), ...(notebookDir === undefined ? [] : [resolve(notebookDir, name)])])]
  for (const path of places) {
    const found = basename(path).includes('*') ? await matching(path) : await existing(path)
    if (found.length > 0) return found
  }
  throw new DataError(`There is no file ${places.join(' nor ')}`)
}

async function existing(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (found?.isDirectory())
    throw new DataError(`${path} is a folder, but expected a file. For all files in it write ${join(path, '*')}`)
  return found ? [path] : []
}

async function matching(path: string): Promise<string[]> {
  const folder = dirname(path)
  const parts = basename(path)
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.*')}$`)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return entries
    .filter(entry => !entry.isDirectory() && pattern.test(entry.name))
    .map(entry => join(folder, entry.name))
    .sort()
}

/** ms of a shift such as `'1h'`, `'-9h'` or a number; 0 for none and for `auto`. */
export function shiftMs(shift: string | number | undefined): number {
  if (shift === undefined || shift === 'auto' || shift === 0) return 0
  if (typeof shift === 'number') {
    if (!Number.isFinite(shift)) throw new DataError(`shift: ${shift} is not a number of milliseconds`)
    return shift
  }
  const negative = shift.trim().startsWith('-')
  const ms = durationMs(shift.trim().replace(/^[+-]/, ''), 'shift')
  return negative ? -ms : ms
}
