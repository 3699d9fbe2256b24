/** A lock file for several processes, on one machine or on several. */
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The holder of a lock: the content of the lock file. */
interface LockOwner {
  pid: number
  host: string
  /** Unique for each time the lock is taken. */
  token: string
}

export interface HeldLock {
  token: string
  /** Whether it is still held: a process that slept for long may have lost it. */
  isHeld(): Promise<boolean>
}

/** Work under a lock takes milliseconds: an owner that holds one for this long is suspended or gone. */
const STALE_MS = 15_000
/** The owner of a lock file without a name is about to write it, or could not: it was killed, or the disk was full. */
const NAMELESS_STALE_MS = 1000
const POLL_MS = [2, 5, 10, 20]
const MAX_POLL_MS = 50

/**
 * Runs `work` while no other process, and no other call in this one, holds the lock file `path`. The lock of a killed process
 * is taken over: at once when it ran on this machine, else after {@link STALE_MS}; `onTakeover` receives its token, to clean
 * up after it.
 *
 * A process that was suspended may have lost its lock: check {@link HeldLock.isHeld} right before anything that must not happen
 * twice.
 */
export async function withLock<T>(
  path: string,
  work: (held: HeldLock) => Promise<T>,
  onTakeover: (token: string) => Promise<void>,
): Promise<T> {
  const owner: LockOwner = { pid: process.pid, host: hostname(), token: randomUUID() }
  await acquire(path, owner, onTakeover)
  const isHeld = async () => parseOwner(await readText(path))?.token === owner.token
  try {
    return await work({ token: owner.token, isHeld })
  } finally {
    if (await isHeld()) await rm(path, { force: true })
  }
}

/** Removes a lock whose owner is certainly dead, or that has long named none; leaves every other alone. */
export async function clearDeadLock(path: string, onTakeover: (token: string) => Promise<void>): Promise<void> {
  const text = await readText(path)
  if (text === undefined) return
  const owner = parseOwner(text)
  const isOver = owner === undefined ? (await fileAge(path)) >= NAMELESS_STALE_MS : isDead(owner)
  if (isOver) await removeDeadLock(path, text, onTakeover)
}

async function acquire(path: string, owner: LockOwner, onTakeover: (token: string) => Promise<void>): Promise<void> {
  let lastText: string | undefined
  let unchangedSince = 0
  for (let attempt = 0; !(await create(path, owner)); attempt++) {
    const text = await readText(path)
    if (text === undefined) continue
    const now = performance.now()
    if (text !== lastText) [lastText, unchangedSince] = [text, now]
    const current = parseOwner(text)
    const staleAfter = current === undefined ? NAMELESS_STALE_MS : isDead(current) ? 0 : STALE_MS
    // Another machine's clock may be wrong: its locks are stale once they were watched for that long.
    const age = current === undefined || current.host === hostname() ? await fileAge(path) : 0
    if (Math.max(age, now - unchangedSince) >= staleAfter) await removeDeadLock(path, text, onTakeover)
    else await sleep((POLL_MS[attempt] ?? MAX_POLL_MS) * (0.5 + Math.random()))
  }
}

/** @returns false when there is a lock */
async function create(path: string, owner: LockOwner): Promise<boolean> {
  const complete = `${path}.${owner.token}`
  try {
    // Complete before it has its name: on a full disk, or killed half-way, a process leaves no lock that says nothing.
    await writeFile(complete, JSON.stringify(owner), { flag: 'wx' })
    await link(complete, path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (NO_LINK_CODES.has(code)) return await createInPlace(path, owner)
    throw error
  } finally {
    await rm(complete, { force: true })
  }
}

/** Where the file system has no hard links. */
const NO_LINK_CODES = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'])

async function createInPlace(path: string, owner: LockOwner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // The file exists, but holds nothing or half of the owner.
    await rm(path, { force: true })
    throw error
  }
}

/**
 * Removes a lock that was found dead. Two processes may find so at once, and the slower one would remove the faster one's new
 * lock: so the file is moved away first, and put back when it is not the one that was found.
 */
async function removeDeadLock(
  path: string,
  deadText: string,
  onTakeover: (token: string) => Promise<void>,
): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const text = await readText(aside)
  if (text !== deadText) return await rename(aside, path)
  const token = parseOwner(text)?.token
  if (token !== undefined) await onTakeover(token)
  await rm(aside, { force: true })
}

/** Undefined when the file no longer exists. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Time since a file was written, ms, by this machine's clock; 0 when it is gone. */
async function fileAge(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Undefined for a file that names no owner: one that is empty or damaged. */
function parseOwner(text: string | undefined): LockOwner | undefined {
  try {
    const owner = JSON.parse(text ?? '') as Partial<LockOwner> | null
    const isOwner =
      typeof owner?.pid === 'number' &&
      typeof owner.host === 'string' &&
      typeof owner.token === 'string' &&
      owner.pid > 0
    return isOwner ? (owner as LockOwner) : undefined
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

/** Whether the owner ran on this machine and has ended. False when its process id is in use again; then the lock's age decides. */
function isDead({ pid, host }: LockOwner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}
