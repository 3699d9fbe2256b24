import { existsSync } from 'node:fs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built renderers and of the exported page's script, which no test may change. */
    bundles: string
    /** Where the browser is reached. */
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

/** The browser that the renderers are tested in; undefined where there is none. */
export const chromiumPath = CANDIDATES.find(path => path && existsSync(path))
