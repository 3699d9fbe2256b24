/** Packs the extension for tests. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, root } from '../build.mjs'

/**
 * Builds and packs the extension as it is published.
 * @param {string} folder for the .vsix
 * @returns {string} its path
 */
export function packExtension(folder) {
  ensureBuilt()
  const vsix = join(folder, 'liqnb.vsix')
  const out = execFileSync(process.execPath, ['vsix.mjs', '--out', vsix], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  console.log(`Packed ${/\(\d+ files, [^)]*\)/.exec(out)?.[0] ?? ''}`)
  return vsix
}
