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

/**
 * Packs the extension that calls tools for the tests.
 * @param {string} folder for the .vsix
 * @returns {string} its path
 */
export function packDriver(folder) {
  const vsix = join(folder, 'driver.vsix')
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce')
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license']
  execFileSync(process.execPath, [vsce, 'package', '--out', vsix, ...flags], { cwd: join(root, 'test/vscode/driver') })
  return vsix
}
