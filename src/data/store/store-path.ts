import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { DataError, quoteValue } from '../../common/errors.ts'

/** What decides where the store is; the defaults are those of this process. */
export interface StoreEnvironment {
  env?: Readonly<Record<string, string | undefined>>
  platform?: NodeJS.Platform
  home?: string
}

/**
 * Folder of the store: the variable `LIQNB_STORE`, else `liqnb/store` in the system's place for data of programs
 * (`$XDG_DATA_HOME` or `~/.local/share`, `~/Library/Application Support`, `%LOCALAPPDATA%`).
 * @throws DataError when the variable holds a relative path, which would mean another store in every folder
 */
export function storePath({
  env = process.env,
  platform = process.platform,
  home = homedir(),
}: StoreEnvironment = {}): string {
  const given = env.LIQNB_STORE?.trim()
  if (given) {
    if (!isAbsolute(given)) throw new DataError(`LIQNB_STORE: ${quoteValue(given)} is not an absolute path`)
    return given
  }
  return join(dataFolder(env, platform, home), 'liqnb', 'store')
}

function dataFolder(env: NonNullable<StoreEnvironment['env']>, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  // The specification has relative paths ignored.
  return env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME) ? env.XDG_DATA_HOME : join(home, '.local', 'share')
}

/** Whether only what is stored may be used: the variable `LIQNB_OFFLINE` is set to something other than 0, false or no. */
export function isOffline(env: StoreEnvironment['env'] = process.env): boolean {
  return !/^(0|false|no|off)?$/i.test(env?.LIQNB_OFFLINE?.trim() ?? '')
}
