/** Where the store is, and whether the network may be used, by the environment of the process. */
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { DataError, quoteValue } from './errors.ts'

/** What the location depends on; the defaults are those of this process. */
interface StoreEnvironment {
  env?: Readonly<Record<string, string | undefined>>
  platform?: NodeJS.Platform
  home?: string
}

/**
 * Folder of the store: the variable `LIQNB_STORE`, else `liqnb/store` in the system's folder for application data
 * (`$XDG_DATA_HOME` or `~/.local/share`, `~/Library/Application Support`, `%LOCALAPPDATA%`).
 * @throws DataError when the variable holds a relative path, which would mean another store in every folder
 */
export function storePath({
  env = process.env,
  platform = process.platform,
  home = homedir(),
}: StoreEnvironment = {}): string {
  const path = env.LIQNB_STORE?.trim()
  if (path) {
    if (!isAbsolute(path)) throw new DataError(`LIQNB_STORE: ${quoteValue(path)} is not an absolute path`)
    return path
  }
  return join(dataFolder(env, platform, home), 'liqnb', 'store')
}

/** Folder of planned sweeps and their results, unless an option names one: beside the store. */
export function jobsPath(environment: StoreEnvironment = {}): string {
  return join(dirname(storePath(environment)), 'jobs')
}

function dataFolder(env: NonNullable<StoreEnvironment['env']>, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  // By the XDG specification, relative paths are ignored.
  return env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME) ? env.XDG_DATA_HOME : join(home, '.local', 'share')
}

/** Whether only stored data may be used: the variable `LIQNB_OFFLINE` is set, and not to 0, false, no or off. */
export function isOffline(env: StoreEnvironment['env'] = process.env): boolean {
  return !/^(0|false|no|off)?$/i.test(env?.LIQNB_OFFLINE?.trim() ?? '')
}
