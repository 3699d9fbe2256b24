import { randomUUID } from 'node:crypto'
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a file is to hold; pieces of text are written as they come. */
export type Content = string | Uint8Array | AsyncIterable<string>

/**
 * Writes a file that people know, whole or not at all: a failure or a crash leaves what was there before. Makes its folder,
 * follows a symbolic link, keeps the file's permissions, and writes to a device or pipe directly.
 */
export async function writeAtomically(path: string, content: Content): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const target = await realpath(path).catch(() => path)
  const old = await stat(target).catch(() => undefined)
  if (old && !old.isFile()) return writeFile(target, content)
  await replaceFile(target, join(dirname(target), `.liqnb-${randomUUID()}.tmp`), content, old?.mode)
}

/**
 * Replaces a file whole or not at all, and for good: what the disk holds after a crash at any moment is the old file or
 * the new one. `temporary` is a name in the same folder that nobody else uses.
 *
 * @param mode permissions of the new file; default: those of any new file
 */
export async function replaceFile(path: string, temporary: string, content: Content, mode?: number): Promise<void> {
  try {
    const file = await open(temporary, 'w')
    try {
      // Asked for at the opening, they would be cut by the process's mask. Not every file system can change them.
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

/** On Windows a file that someone reads cannot be replaced at that moment. */
const BUSY = new Set(['EPERM', 'EACCES', 'EBUSY'])
const RENAME_TRIES = 10

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || !BUSY.has(codeOf(error)) || attempt === RENAME_TRIES) throw error
      await sleep(20 * attempt)
    }
  }
}

/** Some file systems keep no folders open (those of Windows, some network drives), and some folders may not be read. */
const UNABLE = new Set(['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS'])

/** A new name in a folder is safe only once the folder is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    // The file itself is in its place by now.
    if (!UNABLE.has(codeOf(error))) throw error
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
