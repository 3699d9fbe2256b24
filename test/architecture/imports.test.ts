/** Enforces the architecture: which folder may import from which, and what must never be reached. */
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Research without I/O: from the market's types to the verdict and its figures. */
const RESEARCH = ['src/common', 'src/stats', 'src/market', 'src/liquidation', 'src/sfp', 'src/evidence']

/** What each folder may import from, itself apart. `types` allows `import type` only. */
const RULES: Record<string, { folders: string[]; types?: string[] }> = {
  'src/common': { folders: [] },
  'src/stats': { folders: ['src/common'] },
  'src/market': { folders: ['src/common', 'src/stats'] },
  'src/simulate': { folders: ['src/common', 'src/stats', 'src/market'] },
  'src/data': { folders: ['src/common', 'src/stats', 'src/market', 'src/simulate'] },
  // One cluster rule for the library and the explorer.
  'src/liquidation/cluster-runs.ts': { folders: [], types: ['src/liquidation'] },
  'src/liquidation': { folders: ['src/common', 'src/stats', 'src/market', 'src/liquidation/cluster-runs.ts'] },
  'src/sfp': { folders: ['src/common', 'src/stats', 'src/market', 'src/liquidation'] },
  'src/evidence': { folders: ['src/common', 'src/stats', 'src/market', 'src/liquidation', 'src/sfp'] },
  'src/charts': { folders: RESEARCH },
  'src/jobs': { folders: [...RESEARCH, 'src/data'] },
  'src/api': { folders: [...RESEARCH, 'src/data', 'src/simulate', 'src/charts', 'src/jobs'] },
  'src/liqnb.ts': { folders: [...RESEARCH, 'src/data', 'src/simulate', 'src/charts', 'src/jobs', 'src/api'] },
  'src/notebook': { folders: ['src/common'] },
  'src/table': { folders: ['src/common'] },
  'src/kernel': { folders: ['src/common', 'src/notebook', 'src/table'] },
  'src/tools': { folders: ['src/common', 'src/notebook', 'src/table'] },
  'src/cli': {
    folders: [
      'src/common',
      'src/notebook',
      'src/kernel',
      'src/language',
      'src/api',
      'src/jobs',
      'src/table',
      'src/tools',
    ],
  },
  'src/extension': { folders: ['src/common', 'src/notebook', 'src/kernel', 'src/tools'] },
  'src/language': { folders: ['src/common'], types: ['src/liqnb.ts'] },
  'src/tsserver': { folders: ['src/language'] },
  // What is read from a saved output is drawn as what was just built.
  'renderers/portable': { folders: ['renderers', 'src/common', 'src/charts'] },
  renderers: {
    folders: ['src/common', 'src/table', 'src/liquidation/cluster-runs.ts'],
    types: ['src/charts', 'src/kernel'],
  },
}

/** Folders that never reach the disk, the network or an exchange, directly or indirectly. */
const PURE = ['src/stats', 'src/market', 'src/simulate', 'src/liquidation', 'src/evidence', 'src/charts', 'src/table']
/** A sweep runs on threads of this machine; nothing else in `sfp` uses Node. */
const THREADS = 'src/sfp/search/'
/** Modules of Node that only compute. */
const COMPUTES = new Set(['crypto', 'zlib'])
const IMPURE = new Set(
  [...builtinModules, 'ccxt', 'ws', 'vscode']
    .filter(name => !COMPUTES.has(name))
    .flatMap(name => [name, `node:${name}`]),
)

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
    const specifier = match[3] ?? match[4] ?? match[5] ?? ''
    const target = specifier.startsWith('.') ? relative(root, resolve(dirname(path), specifier)) : specifier
    return { file, target, typeOnly: match[2] !== undefined }
  })
}

const folderOf = (file: string) => Object.keys(RULES).find(folder => file === folder || file.startsWith(`${folder}/`))
const all = [...sources(join(root, 'src')), ...sources(join(root, 'renderers'))].flatMap(importsOf)

/** The first import chain from a file to something impure, as a list of files; undefined if there is none. */
function impureChain(file: string, seen = new Set<string>()): string[] | undefined {
  if (seen.has(file)) return undefined
  seen.add(file)
  for (const { target, typeOnly } of all.filter(item => item.file === file)) {
    if (typeOnly) continue
    if (IMPURE.has(target) || target.startsWith('src/data/')) return [file, target]
    const chain = impureChain(target, seen)
    if (chain) return [file, ...chain]
  }
  return undefined
}

describe('imports', () => {
  it('are found in every folder, and every folder has a rule', () => {
    expect(all.length).toBeGreaterThan(100)
    for (const { file } of all) expect(folderOf(file), file).toBeDefined()
    for (const folder of Object.keys(RULES))
      expect(
        all.some(({ file }) => folderOf(file) === folder),
        folder,
      ).toBe(true)
  })

  it('go only to the folders that the architecture allows', () => {
    const wrong = all.filter(({ file, target, typeOnly }) => {
      const from = folderOf(file)
      const to = folderOf(target)
      if (from === undefined || to === undefined || to === from) return false
      const { folders, types = [] } = RULES[from] ?? { folders: [] }
      return !(folders.includes(to) || (typeOnly && types.includes(to)))
    })
    expect(wrong).toEqual([])
  })

  it('of vscode stay in the extension', () => {
    expect(all.filter(({ file, target }) => target === 'vscode' && !file.startsWith('src/extension/'))).toEqual([])
  })

  it('never lead from research code to data, ccxt, the file system or any other I/O', () => {
    const pure = new Set(all.map(({ file }) => file))
    const chains = [...pure]
      .filter(file => PURE.some(folder => file.startsWith(`${folder}/`)) || file.startsWith('src/sfp/'))
      .filter(file => !file.startsWith(THREADS))
      .map(file => impureChain(file))
      .filter(chain => chain !== undefined)
    expect(chains).toEqual([])
  })
})
