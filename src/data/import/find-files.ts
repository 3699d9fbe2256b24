/** Finds the files that a source names. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { DataError, oneLine } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { didYouMean, dropUndefined, invalidOption } from '../../common/options.ts'
import { type FileOptions, fileOptions } from './file-options.ts'

/** One file of several, with its own options, which override the common ones. */
export interface FileEntry extends FileOptions {
  file: string
}

/** A file name, an entry, or a list of them; `*` stands for any text in the last part of a name. */
export type FileSelection = string | FileEntry | readonly (string | FileEntry)[]

/**
 * The selected files with their options, in the order given; those that match a `*` are ordered by name. Relative names are
 * resolved against the working directory, then against the notebook's folder.
 *
 * @param caller the public function
 * @throws OptionError for an option that no file has
 * @throws DataError when a name matches no file
 */
export async function findFiles(files: FileSelection, common: FileOptions, caller: string): Promise<FileEntry[]> {
  const list: readonly (string | FileEntry)[] = isList(files) ? files : [files]
  if (list.length === 0) throw invalidOption(caller, 'file', files, 'at least one file')
  const entries = list.map(item => mergeOptions(item, common, caller))
  const result: FileEntry[] = []
  for (const entry of entries) for (const path of await locate(entry.file)) result.push({ ...entry, file: path })
  return result
}

function isList(files: FileSelection): files is readonly (string | FileEntry)[] {
  return Array.isArray(files)
}

function mergeOptions(item: string | FileEntry, common: FileOptions, caller: string): FileEntry {
  if (typeof item === 'string') {
    fileOptions.resolve(common, caller)
    return { ...common, file: item }
  }
  if (typeof item?.file !== 'string')
    throw invalidOption(caller, 'file', item, 'the name of a file, or { file: name, … }, or a list of them')
  const { file, ...options } = item
  const merged = { ...common, ...dropUndefined(options) }
  fileOptions.resolve(merged, caller)
  return { ...merged, file }
}

async function locate(name: string): Promise<string[]> {
  const { notebookDir } = currentTask()
  const paths = isAbsolute(name)
    ? [name]
    : [...new Set([resolve(name), ...(notebookDir === undefined ? [] : [resolve(notebookDir, name)])])]
  for (const path of paths) {
    const files = basename(path).includes('*') ? await filesMatching(path) : await existingFile(path)
    if (files.length > 0) return files
  }
  const similar = didYouMean(basename(name), await namesNear(paths))
  throw new DataError(`There is no file ${paths.map(pathText).join(' nor ')}${similar}`)
}

/** The files in the folders where a name was looked for; the nearest folder that exists, if a part of the path does not. */
async function namesNear(paths: readonly string[]): Promise<string[]> {
  const names = await Promise.all(paths.map(path => readdir(dirname(path)).catch(() => [])))
  return [...new Set(names.flat())].slice(0, MAX_NAMES)
}

/** Names of a folder that are compared with a missing one. */
const MAX_NAMES = 5000
const MAX_PATH_CHARS = 200

/** A path as messages show it: of a long one the end, where its name is. */
function pathText(path: string): string {
  const line = oneLine(path, path.length + 1)
  return line.length <= MAX_PATH_CHARS ? line : `…${line.slice(1 - MAX_PATH_CHARS)}`
}

/** Codes of names that no file has; the last one of a name with a zero character. */
const NO_FILE_CODES = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'])

function unreadable(path: string, { code }: NodeJS.ErrnoException): DataError {
  return new DataError(`${oneLine(path)} cannot be read: the system reports ${code}`)
}

async function existingFile(path: string): Promise<string[]> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (NO_FILE_CODES.has(error.code ?? '')) return null
    throw unreadable(path, error)
  })
  if (stats?.isDirectory())
    throw new DataError(`${path} is a folder, but expected a file. For all files in it write ${join(path, '*')}`)
  return stats ? [path] : []
}

async function filesMatching(path: string): Promise<string[]> {
  const folder = dirname(path)
  const parts = basename(path)
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.*')}$`)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (NO_FILE_CODES.has(error.code ?? '')) return []
    throw unreadable(folder, error)
  })
  return entries
    .filter(entry => !entry.isDirectory() && pattern.test(entry.name))
    .map(entry => join(folder, entry.name))
    .sort()
}

/** `oi-1.csv and 3 more`. */
export function summarizeNames(names: readonly string[]): string {
  const [first = ''] = names
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first
}

/** Default symbol of a file: its name without extensions. */
export function symbolFromFile(path: string): string {
  return basename(path)
    .replace(/\.(gz|zip)$/i, '')
    .replace(/\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather)$/i, '')
}
