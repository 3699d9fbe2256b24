/** Finds a Chromium, and types what the setup provides to the browser tests. */
import { existsSync } from 'node:fs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built renderers and of the exported page's script, which no test may change. */
    bundles: string
    /** WebSocket endpoint of the browser. */
    chromium: string
  }
}

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Path of the browser for the tests; undefined if there is none. */
export const chromiumPath = CANDIDATES.find(path => path && existsSync(path))
