/** Writes files atomically: readers and crashes see the old content or the new one. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Names of files that are being written; a crash may leave one. */
export const TEMPORARY_NAME = /^\.liqnb-[0-9a-f-]{36}\.tmp$/

/** Content of a file. The chunks of an async iterable are written as they arrive. */
export type Content = string | Uint8Array | AsyncIterable<string>

/**
 * Writes a user's file atomically: a failure or crash leaves the old content. Creates the folder, follows a symbolic link,
 * keeps the file's permissions, and writes to a device or pipe directly.
 */
export async function writeAtomically(path: string, content: Content): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const target = await realpath(path).catch(() => path)
  const old = await stat(target).catch(() => undefined)
  if (old && !old.isFile()) return writeFile(target, content)
  await replaceFile(target, join(dirname(target), `.liqnb-${randomUUID()}.tmp`), content, old?.mode)
}

/**
 * Replaces a file atomically and durably: after a crash at any moment the disk holds the old file or the new one.
 *
 * @param temporary a path in the same folder that nobody else uses
 * @param mode permissions of the new file. Default: those of any new file.
 */
export async function replaceFile(path: string, temporary: string, content: Content, mode?: number): Promise<void> {
  try {
    const file = await open(temporary, 'w')
    try {
      // Not passed to open(), where the process's umask would apply. Not every file system supports chmod.
      if (mode !== undefined && mode !== (await file.stat()).mode) await file.chmod(mode & 0o7777)
      await writeFile(file, content)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameOver(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Windows refuses to replace a file while another process reads it. */
const BUSY_CODES = new Set(['EPERM', 'EACCES', 'EBUSY'])
const MAX_RENAME_ATTEMPTS = 10

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || !BUSY_CODES.has(codeOf(error)) || attempt === MAX_RENAME_ATTEMPTS) throw error
      await sleep(20 * attempt)
    }
  }
}

/** Codes where a folder cannot be opened or synced: on Windows, on some network drives, and without read permission. */
const NO_FOLDER_SYNC_CODES = new Set(['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS'])

/** A rename is durable only once the folder itself is synced. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    // The file itself is already in place.
    if (!NO_FOLDER_SYNC_CODES.has(codeOf(error))) throw error
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
