/** The build of the sources as they are now, for tests of what is shipped. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const SOURCES = [
  'src',
  'renderers',
  'esbuild.mjs',
  'notices.mjs',
  'types.mjs',
  'vsix.mjs',
  'package.json',
  'package-lock.json',
]
const BUILT = [
  'extension.cjs',
  'tsserver.cjs',
  'cell-types/globals.d.ts',
  'cell-types/language/lib.esnext.d.ts',
  'kernel.mjs',
  'kernel-realm.cjs',
  'html.mjs',
  'liqnb.d.ts',
  'liqnb.mjs',
  'renderers/outputs.js',
  'renderers/page.js',
  'renderers/plotly.js',
]

/** Builds dist/ unless it is newer than all sources. */
export function ensureBuilt() {
  const built = BUILT.map(name => join(root, 'dist', name))
  const newest = Math.max(...SOURCES.map(name => newestIn(join(root, name))))
  if (built.every(existsSync) && newest <= Math.min(...built.map(path => statSync(path).mtimeMs))) return
  console.log('Building …')
  for (const script of ['esbuild.mjs', 'types.mjs'])
    execFileSync(process.execPath, [script], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** @param {string} path a file or a folder; ms since the epoch */
function newestIn(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map(name => newestIn(join(path, name))))
}
