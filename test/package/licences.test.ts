/** The notices that ship name whatever is bundled, under licences that allow it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, inject, it } from 'vitest'
import { INSIDE, packageFolders } from '../../notices.mjs'
import { rendererBuilds } from '../../renderers/build.mjs'
import { nodeBuilds } from '../../src/build.mjs'
import { root } from '../build.mjs'

const shipped = (...path: string[]) =>
  readFileSync(join(inject('consumer'), 'node_modules/liqnb/dist', ...path), 'utf8')
const notices = shipped('THIRD-PARTY-NOTICES.txt')
const manifest = (folder: string) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

async function bundled(): Promise<string[]> {
  const builds = [...nodeBuilds('dist'), ...rendererBuilds('dist/renderers')]
  const results = await Promise.all(
    builds.map(options => build({ ...options, absWorkingDir: root, minify: false, write: false, metafile: true })),
  )
  return packageFolders(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)))
}

it('names every package of every bundle with its version', async () => {
  const folders = await bundled()
  expect(folders.length).toBeGreaterThan(30)
  expect(folders).toContain('node_modules/ccxt/node_modules/ws')
  const missing = folders.filter(folder => {
    const { name, version } = manifest(folder)
    return !notices.includes(`\n${name} ${version} (`) && !notices.startsWith(`${name} ${version} (`)
  })
  expect(missing).toEqual([])
})

it('has only licences that let the program be MIT', () => {
  const licences = [...notices.matchAll(/^(?:@[\w.-]+\/)?[\w.-]+ \d+\.\d+\.\d+ \((.+)\)$/gm)].map(match => match[1])
  expect(licences.length).toBeGreaterThan(30)
  expect([...new Set(licences)].sort()).toEqual(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])
})

it('has the notices of what is inside Plotly, for the version that ships', () => {
  const plotly = readFileSync(join(root, 'node_modules/plotly.js-dist-min/plotly.min.js'), 'utf8')
  const inside = readFileSync(join(root, INSIDE.get('plotly.js-dist-min')!), 'utf8')
  expect(inside.split('\n')[0]).toBe(
    `Packages inside plotly.js-dist-min ${manifest('node_modules/plotly.js-dist-min').version}`,
  )
  // What the minified file itself names, as paths and as a link to a version.
  const named = [...plotly.matchAll(/(?:^|\\n|\n)([\w.-]+)\/[\w./-]+\.m?js:/g)].map(match => match[1]!)
  expect(new Set(named)).toContain('maplibre-gl')
  for (const name of new Set(named)) expect(new RegExp(`^${name} \\(`, 'm').test(inside), name).toBe(true)
  const [, version] = /maplibre-gl-js\/blob\/v([\d.]+)\/LICENSE/.exec(plotly)!
  expect(inside).toContain(`maplibre-gl ${version}`)
  expect(notices).toContain(inside)
})

it("leaves out dYdX's and zkLink's clients, and says so when an order needs them", async () => {
  const chunks = shipped('ccxt.mjs')
  expect(chunks.includes('wbindgen'), "zkLink's client").toBe(false)
  expect(chunks.includes('LiquidationsConfig'), "dYdX's client").toBe(false)
  const { default: ccxt } = await import(join(inject('consumer'), 'node_modules/liqnb/dist/ccxt.mjs'))
  const refusal = /Liqnb leaves that code of ccxt out/
  expect(() => new ccxt.dydx().toDydxLong('1')).toThrow(refusal)
  const order = { accountId: '1', slotId: '1', nonce: '1', pairId: '1', size: '1', price: '1', direction: 'BUY' }
  await expect(new ccxt.apex().getZKContractSignatureObj('00', order)).rejects.toThrow(refusal)
})
