/**
 * Draws the small pictures of the walkthrough from larger ones: `node media/walkthrough/render.mjs [FOLDER]` reads the pictures of
 * media/, and those that the tests in VS Code took from FOLDER (default test/vscode/artifacts).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureChromium } from '../../test/vscode/chromium.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const media = join(here, '..')
const artifacts = process.argv[2] ?? join(here, '../../test/vscode/artifacts')
const WIDTH = 720
const MAX_HEIGHT = 480

/** Name, picture, and the part of it as shares of its width and height: left, top, width. */
const PICTURES = [
  ['sample', join(artifacts, 'ways-in-sample.png'), [0.28, 0, 0.44]],
  ['run', join(media, 'quickstart.png'), [0, 0, 1]],
  ['slider', join(media, 'explorer-dark.png'), [0, 0, 1]],
  ['file', join(artifacts, 'ways-in-file.png'), [0.25, 0.09, 0.54]],
  ['backtest', join(media, 'study.png'), [0, 0, 1]],
  ['share', join(media, 'claims.png'), [0, 0, 1]],
]

const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] })
const page = await browser.newPage()
for (const [name, source, [left, top, share]] of PICTURES) {
  if (!existsSync(source)) {
    console.log(`${name}: ${source} is missing`)
    continue
  }
  const url = `data:image/png;base64,${readFileSync(source).toString('base64')}`
  const jpeg = await page.evaluate(
    async ([src, x, y, part, width, maxHeight]) => {
      const image = new Image()
      image.src = src
      await image.decode()
      const scale = width / (image.width * part)
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = Math.min(maxHeight, Math.round((image.height - image.height * y) * scale))
      const context = canvas.getContext('2d')
      context.imageSmoothingQuality = 'high'
      context.drawImage(
        image,
        -x * image.width * scale,
        -y * image.height * scale,
        image.width * scale,
        image.height * scale,
      )
      return canvas.toDataURL('image/jpeg', 0.82)
    },
    [url, left, top, share, WIDTH, MAX_HEIGHT],
  )
  writeFileSync(join(here, `${name}.jpg`), Buffer.from(jpeg.split(',')[1], 'base64'))
}
await browser.close()
