/** Reads notebooks and writes files, with errors that name the file. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { writeAtomically } from '../common/atomic-file.ts'
import { didYouMean } from '../common/options.ts'
import { NotebookError } from '../notebook/errors.ts'
import { checkFileSize, type OnRepair, parseNotebook } from '../notebook/parse.ts'
import type { Notebook } from '../notebook/types.ts'
import { describeRepairs } from '../notebook/upgrade.ts'
import { CliError, type Environment, type TextSink } from './environment.ts'

/** Reads and checks a notebook; every error names the file. Repaired cell ids are said on `stderr`. */
export async function readNotebook(path: string, stderr: TextSink): Promise<Notebook> {
  try {
    return await loadNotebook(path, repairs => stderr.write(`Warning: ${path}: ${describeRepairs(repairs)}\n`))
  } catch (error) {
    if (error instanceof NotebookError) throw new CliError(`${path}: ${error.message}`)
    throw new CliError(`Cannot read ${path}: ${describeReason(error)}${await similarFile(path, error)}`)
  }
}

/** A hint at the nearest name in the folder of a file that does not exist. */
async function similarFile(path: string, error: unknown): Promise<string> {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return ''
  return didYouMean(basename(path), await readdir(dirname(path)).catch(() => []))
}

/** Like {@link readNotebook}, but with the original {@link NotebookError} or system error. */
export async function loadNotebook(path: string, onRepair: OnRepair): Promise<Notebook> {
  checkFileSize((await stat(path)).size)
  return parseNotebook(await readFile(path), onRepair)
}

/** The target `-`, as usual on the command line; as a source the standard input. */
export const STDOUT = '-'

/** The absolute path of a file to write, or {@link STDOUT}; undefined if there is none. */
export function readTarget(name: string, environment: Environment): string
export function readTarget(name: string | undefined, environment: Environment): string | undefined
export function readTarget(name: string | undefined, { cwd }: Environment): string | undefined {
  return name === undefined || name === STDOUT ? name : resolve(cwd, name)
}

/** The bytes of a file, or of the standard input for {@link STDOUT}. */
export async function readBytes(path: string, { stdin }: Environment): Promise<Uint8Array> {
  if (path !== STDOUT)
    return readFile(path).catch(error => {
      throw new CliError(`Cannot read ${path}: ${describeReason(error)}`)
    })
  const parts: Uint8Array[] = []
  for await (const part of stdin ?? []) parts.push(part)
  return Buffer.concat(parts)
}

/** Checks before long work that a file can be written: creates its folder, and makes sure that it is not itself a folder. */
export async function prepareTarget(path: string): Promise<void> {
  if (path === STDOUT) return
  try {
    await mkdir(dirname(path), { recursive: true })
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder')
  } catch (error) {
    throw new CliError(`Cannot write ${path}: ${describeReason(error)}`)
  }
}

/** Refuses to overwrite a file that nobody named and that may be somebody's work. */
export async function keepExisting(path: string, shown: string): Promise<void> {
  if (path !== STDOUT && (await stat(path).catch(() => undefined)))
    throw new CliError(`${shown} exists already: to overwrite it, name it with -o`)
}

/** Writes a file completely or not at all; errors name it. */
export async function writeTarget(path: string, content: string | Uint8Array, { stdout }: Environment): Promise<void> {
  if (path === STDOUT) {
    stdout.write(typeof content === 'string' ? content : Buffer.from(content).toString())
    return
  }
  try {
    await writeAtomically(path, content)
  } catch (error) {
    throw new CliError(`Cannot write ${path}: ${describeReason(error)}`)
  }
}

const REASONS: { [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it exists already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
}

/** Why a file could not be read or written. */
export function describeReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code !== undefined && REASONS[code]) || message
}
