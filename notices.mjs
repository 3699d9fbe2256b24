/** The licences of what is bundled: dist/THIRD-PARTY-NOTICES.txt. */
import { readdir, readFile, writeFile } from 'node:fs/promises'

/** Packages whose types are in dist/, for the cells of a notebook. */
const TYPES = ['node_modules/@types/node', 'node_modules/undici-types']

/** Packages that are bundles of others: the file that has the notices of what is inside, for one version. */
export const INSIDE = new Map([['plotly.js-dist-min', 'renderers/figure/plotly-notices.txt']])

/**
 * @param {string[]} inputs files of a bundle, by path from here
 * @returns {string[]} folders of the packages they belong to, the innermost of nested ones
 */
export function packageFolders(inputs) {
  const folders = inputs.flatMap(path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].sort()
}

/**
 * Writes the licence texts of all packages that ended up in a bundle, as their licences require, with the notices that their
 * sources carry for code of others.
 *
 * @param {string[]} inputs files of the bundles, by path from here
 * @throws if a package has neither a licence file nor the name of a licence
 */
export async function writeNotices(inputs) {
  const notices = []
  for (const folder of [...new Set([...packageFolders(inputs), ...TYPES])].sort())
    notices.push(
      await packageNotice(
        folder,
        inputs.filter(path => path.startsWith(`${folder}/`)),
      ),
    )
  await writeFile('dist/THIRD-PARTY-NOTICES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`))
}

/** @param {string} folder @param {string[]} files */
async function packageNotice(folder, files) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry))
  if (file === undefined && typeof license !== 'string') throw new Error(`${folder} has no licence`)
  const text = file === undefined ? 'The package has no licence file.' : await readFile(`${folder}/${file}`, 'utf8')
  const sources = (await Promise.all(files.map(path => readFile(path, 'utf8')))).flatMap(legalComments)
  const comments = [...new Set(sources)].map(comment => `\nIn its sources:\n${comment}\n`)
  const inside = INSIDE.has(name) ? `\n${await readFile(INSIDE.get(name), 'utf8')}` : ''
  return `${name} ${version} (${license})\n\n${text.trim()}\n${comments.join('')}${inside}`
}

/** @param {string} source @returns {string[]} comments that state a licence or who holds the rights */
function legalComments(source) {
  return [...source.matchAll(/\/\*[!*][\s\S]*?\*\//g)]
    .map(([comment]) => comment)
    .filter(comment => /^\/\*!|@license|@preserve|SPDX/.test(comment) && /licen[cs]e|copyright|\(c\)/i.test(comment))
}
