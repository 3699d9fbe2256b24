/** Conventions of every source file: a first comment, `#private` members, no re-exports. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** The public API, and the entry of a bundle. */
const RE_EXPORTS = ['src/liqnb.ts', 'src/data/ccxt.ts']

const files = ['src', 'renderers'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => join(root, folder, path)),
)
const sources = files.map(path => ({
  file: relative(root, path).replaceAll('\\', '/'),
  text: readFileSync(path, 'utf8'),
}))

/** The files with a matching line, and that line. */
const matching = (pattern: RegExp) =>
  sources.flatMap(({ file, text }) => {
    const line = text.split('\n').find(each => pattern.test(each))
    return line === undefined ? [] : [`${file}: ${line.trim()}`]
  })

describe('every source file', () => {
  it('is found', () => expect(sources.length).toBeGreaterThan(300))

  it('begins with a comment that says what it is for', () => {
    expect(sources.filter(({ text }) => !/^(#!.*\n)?\/\*\*\s*\S/.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('has #private members, not TypeScript ones', () => {
    expect(matching(/^\s+(private|protected) /)).toEqual([])
  })

  it('exports only what it declares', () => {
    const reExports = matching(/^export (type )?(\{.*\}|\*.*) from /).filter(
      line => !RE_EXPORTS.some(file => line.startsWith(`${file}:`)),
    )
    expect(reExports).toEqual([])
  })
})
