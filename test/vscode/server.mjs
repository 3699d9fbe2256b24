/** Starts VS Code's server with the extension. */
import { spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const START_TIMEOUT_MS = 120_000

/**
 * Installs the extension into a separate folder.
 * @param {{ node: string, server: string }} vscode
 * @param {string} vsix
 * @param {string} folder for the server's data and extensions
 */
export function installExtension({ node, server }, vsix, folder) {
  const args = [server, '--install-extension', vsix, '--accept-server-license-terms', ...dataDirs(folder)]
  const { status, stdout, stderr } = spawnSync(node, args, { encoding: 'utf8' })
  if (status !== 0 || !stdout.includes('was successfully installed'))
    throw new Error(`VS Code refused to install ${vsix}:\n${stdout}\n${stderr}`)
}

/**
 * Starts VS Code's server on a free port of the loopback address.
 * @param {{ node: string, server: string }} vscode
 * @param {{ folder: string, log: string, trust: boolean }} options `trust`: ask for workspace trust, as desktop VS Code does
 * @returns {Promise<{ url: string, pid: number, stop: () => Promise<void> }>}
 */
export async function startServer({ node, server }, { folder, log, trust }) {
  mkdirSync(folder, { recursive: true })
  const child = spawn(
    node,
    [
      server,
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', ...dataDirs(folder)],
      ...(trust ? [] : ['--disable-workspace-trust']),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const file = createWriteStream(log)
  let text = ''
  const exited = new Promise(resolve => child.once('exit', resolve))
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`VS Code's server did not start:\n${text}`)), START_TIMEOUT_MS)
    const read = chunk => {
      file.write(chunk)
      text += chunk
      const match = /Extension host agent listening on (\d+)/.exec(text)
      if (match === null) return
      clearTimeout(timer)
      resolve(Number(match[1]))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    exited.then(code => reject(new Error(`VS Code's server ended with code ${code}:\n${text}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      child.kill()
      await exited
    },
  }
}

/** @param {string} folder */
function dataDirs(folder) {
  return ['--server-data-dir', join(folder, 'server'), '--extensions-dir', join(folder, 'extensions')]
}
