/** Prepares VS Code's server with the packed extension, and opens windows on it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs'
import { packDriver, packExtension } from './extension-package.mjs'
import { installVsCode } from './install.mjs'
import { installExtension, startServer } from './server.mjs'
import { TypeScriptServer } from './typescript-server.mjs'

/** Folder for screenshots and logs. */
export const ARTIFACTS = fileURLToPath(new URL('artifacts', import.meta.url))

/**
 * VS Code's server with the packed extension installed.
 * @typedef {object} Session
 * @property {string} scratch a folder for workspaces, removed with the session
 * @property {(options: WindowOptions) => Promise<OpenWindow>} open starts a server and opens a window on a folder
 * @property {() => TypeScriptServer} typeScriptServer starts VS Code's TypeScript server with the extension's plugin
 * @property {() => void} runInBrowserOnly makes windows that open later run the extension in the browser
 * @property {() => void} dispose
 *
 * @typedef {object} WindowOptions
 * @property {string} workspace the folder to open
 * @property {boolean} [trust] ask for workspace trust, as desktop VS Code does
 * @property {{ width: number, height: number }} [viewport] px
 *
 * @typedef {object} OpenWindow
 * @property {import('playwright-core').Page} page
 * @property {import('playwright-core').Browser} browser
 * @property {string} machineSettings path of the settings file of machine scope
 * @property {() => Promise<void>} close
 */

/**
 * Installs what is missing, packs the extension and installs it.
 * @param {{ vsix?: string }} [options] `vsix`: a packed extension instead of a new build
 * @returns {Session}
 */
export function prepareSession({ vsix } = {}) {
  const scratch = mkdtempSync(join(tmpdir(), 'liqnb-vscode-'))
  const dispose = () => rmSync(scratch, { recursive: true, force: true })
  try {
    mkdirSync(ARTIFACTS, { recursive: true })
    const vscode = installVsCode()
    const executablePath = ensureChromium()
    installExtension(vscode, vsix ?? packExtension(scratch), scratch)
    installExtension(vscode, packDriver(scratch), scratch)
    console.log(`VS Code ${vscode.version}, server build, in ${executablePath}`)
    return {
      scratch,
      dispose,
      open: options => openWindow({ vscode, executablePath, scratch }, options),
      runInBrowserOnly: () => runInBrowserOnly(scratch),
      typeScriptServer: () => new TypeScriptServer(vscode, join(scratch, 'extensions')),
    }
  } catch (error) {
    dispose()
    throw error
  }
}

/** @returns {Promise<OpenWindow>} */
async function openWindow({ vscode, executablePath, scratch }, { workspace, trust = false, viewport }) {
  const server = await startServer(vscode, { folder: scratch, trust, log: join(ARTIFACTS, `server-${trust}.log`) })
  let browser
  try {
    browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS })
    const page = await browser.newPage({ viewport: viewport ?? { width: 1400, height: 1000 } })
    await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}`, { timeout: 120_000 })
    const machineSettings = join(scratch, 'server/data/Machine/settings.json')
    mkdirSync(join(machineSettings, '..'), { recursive: true })
    return {
      page,
      browser,
      machineSettings,
      async close() {
        await browser.close()
        await server.stop()
      },
    }
  } catch (error) {
    await browser?.close()
    await server.stop()
    throw error
  }
}

/** The manifest of the installed extension then says what vscode.dev has anyway: no place but the browser. */
function runInBrowserOnly(scratch) {
  const extensions = join(scratch, 'extensions')
  const folder = readdirSync(extensions).find(name => name.startsWith('liqnb.liqnb-'))
  const file = join(extensions, folder, 'package.json')
  const { main: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, extensionKind: ['web'] }))
  // The server keeps manifests that it has read.
  rmSync(join(scratch, 'server/data/CachedProfilesData'), { recursive: true, force: true })
  utimesSync(join(extensions, 'extensions.json'), new Date(), new Date())
}
