/** Loads `zeromq`, whose code is native, so that whoever wants the Jupyter kernel installs it. */
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isRecord } from '../../common/json.ts'
import { CliError, type Environment } from '../environment.ts'

/** What the kernel uses of a socket. */
export interface Socket {
  bind(address: string): Promise<void>
  send(frames: readonly (Uint8Array | string)[]): Promise<void>
  close(): void
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array[]>
}

export interface ZeroMq {
  Router: new () => Socket
  Publisher: new () => Socket
  Reply: new () => Socket
}

export const ZEROMQ_HELP =
  'The Jupyter kernel needs the package zeromq: run "npm install -g zeromq" (or "npm install zeromq" beside liqnb), then try again'

/** The absolute path of the package's main file, from where liqnb is or from the current folder. @throws CliError */
export function findZeroMq({ dist, cwd }: Environment): string {
  for (const from of [fileURLToPath(dist), `${cwd}/`]) {
    try {
      return createRequire(from).resolve('zeromq')
    } catch {
      // Not here.
    }
  }
  throw new CliError(ZEROMQ_HELP)
}

const isZeroMq = (value: unknown): value is ZeroMq =>
  isRecord(value) && ['Router', 'Publisher', 'Reply'].every(name => typeof value[name] === 'function')

/** @throws CliError if it cannot be loaded on this machine */
export async function loadZeroMq(path: string): Promise<ZeroMq> {
  const loaded: unknown = await import(pathToFileURL(path).href).catch((error: Error) => {
    throw new CliError(`zeromq cannot be loaded (${error.message}). ${ZEROMQ_HELP}`)
  })
  const candidates = [loaded, (loaded as { default?: unknown }).default]
  const zeromq = candidates.find(isZeroMq)
  if (zeromq === undefined) throw new CliError(`${path} is not zeromq 6. ${ZEROMQ_HELP}`)
  return zeromq
}
