/** Native packages that are optional for users: installed for the tests on first use; tests without them are skipped. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname

/** The folder in which an optional package can be resolved; undefined, with a warning, if it cannot be installed. */
export function withOptional(name: '@duckdb/node-api' | 'zeromq'): string | undefined {
  if (existsSync(join(folder, 'node_modules', name))) return folder
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    execFileSync(npm, ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'ignore',
      shell: process.platform === 'win32',
    })
    return folder
  } catch {
    console.warn(`Tests with ${name} are skipped: it could not be installed in ${folder}`)
    return undefined
  }
}
