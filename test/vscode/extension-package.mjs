import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = ['src', 'renderers', 'esbuild.mjs', 'vsix.mjs', 'package.json', 'package-lock.json']
const BUILT = [
  'extension.cjs',
  'tsserver.cjs',
  'types/tsserver/globals.d.ts',
  'kernel.mjs',
  'html.mjs',
  'liqnb.mjs',
  'renderers/outputs.js',
  'renderers/page.js',
]

/**
 * Builds what is out of date and packs the extension as it would be published.
 * @param {string} folder where the .vsix goes
 * @returns {string} its path
 */
export function packExtension(folder) {
  const built = BUILT.map(name => join(root, 'dist', name))
  const newest = Math.max(...SOURCES.map(name => newestIn(join(root, name))))
  if (!built.every(existsSync) || newest > Math.min(...built.map(path => statSync(path).mtimeMs))) {
    console.log('Building …')
    node('esbuild.mjs')
    node('node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.types.json')
  }
  const vsix = join(folder, 'liqnb.vsix')
  const out = node('vsix.mjs', '--out', vsix)
  console.log(`Packed ${/\(\d+ files, [^)]*\)/.exec(out)?.[0] ?? ''}`)
  return vsix
}

function node(...args) {
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** @param {string} path a file or a folder; ms since the epoch */
function newestIn(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map(name => newestIn(join(path, name))))
}
