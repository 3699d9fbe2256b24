/** Files in published layouts, read by the installed npm package. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'
import { describeRightNumbers } from '../data/import/right-numbers.ts'

const consumer = inject('consumer')
const folder = join(consumer, 'file-layouts')
mkdirSync(folder, { recursive: true })

const library = pathToFileURL(join(consumer, 'node_modules/liqnb/dist/liqnb.mjs')).href
const { liq } = (await import(library)) as typeof import('../../src/liqnb.ts')

describeRightNumbers(liq, (text, name) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
})
