import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lines that hold nothing to change: comments, imports, closing brackets, empty ones. */
const EMPTY = /^\s*($|\/\/|\/?\*|import |export \{|export (interface|type) |[)}\]]+[,;]?$)/

/**
 * Random lines of code of a folder, the same ones for the same seed however many other lines there are.
 *
 * @param {string} folder with `.ts` files at any depth
 * @param {number} count lines to take
 * @param {number} seed
 * @returns {string[]} ranges of one line, `FILE:LINE-LINE`
 */
export function sampleLines(folder, count, seed) {
  const lines = readdirSync(folder, { recursive: true })
    .map(name => join(folder, name.toString()))
    .filter(path => path.endsWith('.ts'))
    .flatMap(path =>
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((text, i) =>
          EMPTY.test(text) ? [] : [{ range: `${path}:${i + 1}-${i + 1}`, key: `${path} ${text}` }],
        ),
    )
  const rank = ({ key }) => createHash('sha256').update(`${seed} ${key}`).digest('hex')
  return lines
    .map(line => ({ range: line.range, rank: rank(line) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ range }) => range)
}
