import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Which rooms each room may import from (itself always). `types` allows `import type` only. */
const RULES: Record<string, { rooms: string[]; types?: string[] }> = {
  // Small things without a subject of their own, which know of nothing here.
  'src/common': { rooms: [] },
  'src/market': { rooms: ['src/common'] },
  'src/liquidation': { rooms: ['src/common', 'src/market'] },
  'src/sfp': { rooms: ['src/common', 'src/market', 'src/liquidation'] },
  'src/evidence': { rooms: ['src/common', 'src/market', 'src/liquidation', 'src/sfp'] },
  'src/charts': { rooms: ['src/market', 'src/liquidation', 'src/sfp', 'src/evidence'] },
  'src/face': { rooms: ['src/market', 'src/liquidation', 'src/sfp', 'src/evidence', 'src/charts'] },
  'src/liqnb.ts': { rooms: ['src/market', 'src/liquidation', 'src/sfp', 'src/evidence', 'src/charts', 'src/face'] },
  'src/notebook': { rooms: [] },
  // Pure: what both the kernel and a renderer without one answer about a table.
  'src/table': { rooms: [] },
  'src/kernel': { rooms: ['src/notebook', 'src/table'] },
  'src/cli': { rooms: ['src/common', 'src/notebook', 'src/kernel', 'src/face'] },
  'src/extension': { rooms: ['src/common', 'src/notebook', 'src/kernel'] },
  // Runs in VS Code's TypeScript server; it tells of the library and does not use it.
  'src/tsserver': { rooms: [], types: ['src/liqnb.ts'] },
  renderers: { rooms: ['src/common', 'src/table'], types: ['src/charts', 'src/kernel'] },
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : []
  })
}

function importsOf(path: string): Import[] {
  const file = relative(root, path)
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s+['"]([^'"]+)['"]/g
  return [...readFileSync(path, 'utf8').matchAll(pattern)].map(match => {
    const specifier = match[3] ?? match[4] ?? match[5]!
    const target = specifier.startsWith('.') ? relative(root, resolve(dirname(path), specifier)) : specifier
    return { file, target, typeOnly: match[2] !== undefined }
  })
}

const roomOf = (file: string) => Object.keys(RULES).find(room => file === room || file.startsWith(`${room}/`))
const all = [...sources(join(root, 'src')), ...sources(join(root, 'renderers'))].flatMap(importsOf)

describe('the rooms import only what they may', () => {
  it('finds imports at all, in every room that has files', () => {
    expect(all.length).toBeGreaterThan(100)
    for (const { file } of all) expect(roomOf(file), file).toBeDefined()
  })

  it('between rooms', () => {
    const wrong = all.filter(({ file, target, typeOnly }) => {
      const from = roomOf(file)!
      const to = roomOf(target)
      if (to === undefined || to === from) return false
      const { rooms, types = [] } = RULES[from]!
      return !(rooms.includes(to) || (typeOnly && types.includes(to)))
    })
    expect(wrong).toEqual([])
  })

  it('only the extension knows VS Code', () => {
    expect(all.filter(({ file, target }) => target === 'vscode' && !file.startsWith('src/extension/'))).toEqual([])
  })
})
