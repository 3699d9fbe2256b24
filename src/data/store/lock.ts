import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Who holds a lock: the content of the lock file. */
interface Owner {
  pid: number
  host: string
  /** Tells this holding from every other. */
  token: string
}

export interface Held {
  token: string
  /** Whether it is still ours: a process that slept for long may have lost it. */
  isOurs(): Promise<boolean>
}

/** Work under a lock takes milliseconds: an owner that holds one for this long is asleep or gone. */
const PATIENCE_MS = 15_000
/** A lock file without its owner's name belongs to one who is just writing it, or was killed between the two. */
const NAMELESS_PATIENCE_MS = 1000
const POLL_MS = [2, 5, 10, 20, 50]

/**
 * Runs `work` while no other process, and no other call in this one, holds the lock file `path`. What a killed process left
 * behind is taken over: at once when it ran on this machine, else after {@link PATIENCE_MS}; `onTakeover` hears the token
 * of the dead one, to clear up after it.
 *
 * A sleeper may wake up without its lock: ask {@link Held.isOurs} right before what must not be done twice.
 */
export async function withLock<T>(
  path: string,
  work: (held: Held) => Promise<T>,
  onTakeover: (token: string) => Promise<void>,
): Promise<T> {
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() }
  await acquire(path, owner, onTakeover)
  const isOurs = async () => parseOwner(await readText(path))?.token === owner.token
  try {
    return await work({ token: owner.token, isOurs })
  } finally {
    if (await isOurs()) await rm(path, { force: true })
  }
}

/** Takes over a lock whose owner is surely dead; leaves every other alone. */
export async function clearDeadLock(path: string, onTakeover: (token: string) => Promise<void>): Promise<void> {
  const text = await readText(path)
  const owner = parseOwner(text)
  if (text !== undefined && owner && isDead(owner)) await takeAway(path, text, onTakeover)
}

async function acquire(path: string, owner: Owner, onTakeover: (token: string) => Promise<void>): Promise<void> {
  let seen: string | undefined
  let seenAt = 0
  for (let attempt = 0; !(await create(path, owner)); attempt++) {
    const text = await readText(path)
    if (text === undefined) continue
    const now = performance.now()
    if (text !== seen) [seen, seenAt] = [text, now]
    const other = parseOwner(text)
    const patience = other === undefined ? NAMELESS_PATIENCE_MS : isDead(other) ? 0 : PATIENCE_MS
    // Another machine's clock may be wrong, so its locks are watched for as long.
    const age = other === undefined || other.host === hostname() ? await ageOf(path) : 0
    if (Math.max(age, now - seenAt) >= patience) await takeAway(path, text, onTakeover)
    else await sleep(POLL_MS[Math.min(attempt, POLL_MS.length - 1)]! * (0.5 + Math.random()))
  }
}

async function create(path: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    try {
      await file.writeFile(JSON.stringify(owner))
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a lock that was judged dead. Two may judge so at once, and the slower one would remove the faster one's new
 * lock: so it is moved away first, and put back when it is not the one that was judged.
 */
async function takeAway(path: string, judged: string, onTakeover: (token: string) => Promise<void>): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const text = await readText(aside)
  if (text !== judged) return await rename(aside, path)
  const token = parseOwner(text)?.token
  if (token !== undefined) await onTakeover(token)
  await rm(aside, { force: true })
}

/** Undefined when there is no such file any more. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** How long ago a file was written, ms, by this machine's clock; 0 when it is gone. */
async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

function parseOwner(text: string | undefined): Owner | undefined {
  try {
    return JSON.parse(text ?? '') as Owner
  } catch {
    return undefined
  }
}

/** Whether the owner ran on this machine and runs no longer. Another process with its number makes this false; the lock's age helps. */
function isDead({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
