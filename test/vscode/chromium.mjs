/** Finds or installs Chromium. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installPackage } from '../apt.mjs'

/** Browser names to look for on the path. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Arguments for Chromium in a container, without background activity. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else one of the usual names, else installed by Debian's apt.
 * @throws if there is none and none can be installed
 */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  installPackage('Chromium', 'chromium')
  const installed = findChromium()
  if (installed) return installed
  throw new Error('No Chromium here. Install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH.')
}

function findChromium() {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist`)
    return named
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...folders.flatMap(folder => NAMES.map(name => join(folder, name))), ...MAC].find(existsSync)
}
