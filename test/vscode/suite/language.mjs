/** Tests of cells in VS Code's TypeScript server, without a window. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, ok } from '../expect.mjs'

/** The notebooks that are open in the server; `¦` marks the cursor, at most once per cell. */
const NOTEBOOKS = {
  'study.liqnb': [
    "import { threshold } from './own.ts'\nimport { readFileSync } from 'node:fs'\nconst market = await liq.market('sim')",
    "const text = readFileSync('a', 'utf8')\nconst map = liq.heatmap(market, { ¦ })",
    'map.¦',
    'unfinished({',
    'const unused = market.close.length\nfor await (const bar of []) { bar }',
    'thres¦hold.toFixed()',
    'market¦\ntext',
  ],
  'other.liqnb': ['const market = 5', 'market¦', 'ma¦', 'const a = (1'],
}

export const language = [
  {
    name: 'language: types of earlier cells are known, also after an import, an await and a broken cell',
    async run({ at, request, note }) {
      const start = performance.now()
      const members = await names(request('completionInfo', at('study.liqnb', 2)))
      note(`first answer: ${Math.round(performance.now() - start)} ms`)
      ok(members.includes('clusters') && members.includes('explore'), `members of a heatmap: ${members}`)
      const options = await names(request('completionInfo', at('study.liqnb', 1)))
      ok(options.includes('halfLife'), `options of a heatmap: ${options}`)
      equal(
        (await request('quickinfo', at('study.liqnb', 6))).displayString,
        'const market: Market & Displayable',
        'market',
      )
    },
  },
  {
    name: "language: cells know the library, the other globals and Node, but not the browser's globals",
    async run({ at, request }) {
      const completions = await names(request('completionInfo', at('other.liqnb', 2)))
      for (const name of [
        'liq',
        'aq',
        'display',
        'progress',
        'signal',
        'clear',
        'require',
        'process',
        'fetch',
        'market',
      ])
        ok(completions.includes(name), `${name} is not offered`)
      for (const name of ['document', 'window', 'alert']) ok(!completions.includes(name), `${name} is offered`)
    },
  },
  {
    name: "language: a file in the notebook's folder is found",
    async run({ at, request }) {
      const { displayString } = await request('quickinfo', at('study.liqnb', 5))
      ok(displayString.includes('const threshold: 3'), displayString)
    },
  },
  {
    name: 'language: definitions, references and renames cross cells within the notebook',
    async run({ at, request, cell }) {
      const here = at('study.liqnb', 6)
      const { definitions } = await request('definitionAndBoundSpan', here)
      equal(definitions.length, 1, 'definitions')
      equal(definitions[0].file, cell('study.liqnb', 0), 'the cell of the definition')
      equal(`${definitions[0].start.line}:${definitions[0].start.offset}`, '3:7', 'its position')
      const { refs } = await request('references', here)
      const cells = [0, 1, 4, 6].map(index => cell('study.liqnb', index))
      equal(refs.map(({ file }) => file).join(), cells.join(), 'the cells of the references')
      const { locs } = await request('rename', here)
      equal(locs.map(({ file }) => file).join(), cells.join(), 'the cells to be changed')
      const own = await request('rename', at('other.liqnb', 1))
      equal(own.locs.length, 2, 'cells of the other notebook')
    },
  },
  {
    name: 'language: only invalid TypeScript is an error',
    async run({ request, cell }) {
      for (const [name, cells] of Object.entries(NOTEBOOKS))
        for (const [index, text] of cells.entries()) {
          const file = cell(name, index)
          const syntax = await request('syntacticDiagnosticsSync', { file })
          equal(syntax.length > 0, /\.¦|\($|\(\{$|\(1$/.test(text), `errors in cell ${index} of ${name}`)
          for (const kind of ['semanticDiagnosticsSync', 'suggestionDiagnosticsSync'])
            equal(JSON.stringify(await request(kind, { file })), '[]', `${kind} of cell ${index} of ${name}`)
        }
    },
  },
  {
    name: 'language: colours and highlights are at the right positions in the cell',
    async run({ request, at, cell }) {
      const text = textOf(NOTEBOOKS['study.liqnb'][4])
      const args = { file: cell('study.liqnb', 4), start: 0, length: text.length, format: '2020' }
      const { spans } = await request('encodedSemanticClassifications-full', args)
      const words = []
      for (let i = 0; i < spans.length; i += 3) words.push(text.slice(spans[i], spans[i] + spans[i + 1]))
      for (const word of ['unused', 'market', 'length', 'bar'])
        ok(words.includes(word), `${word} has no colour: ${words}`)
      for (const word of words) ok(/^\w+$/.test(word), `a colour reaches beyond a word: ${words}`)
      const here = at('study.liqnb', 6)
      const [{ highlightSpans }] = await request('documentHighlights', { ...here, filesToSearch: [here.file] })
      equal(highlightSpans.map(({ start, end }) => `${start.offset}-${end.offset}`).join(), '1-7', 'highlights')
    },
  },
  {
    name: 'language: imports are sorted, and kept if only another cell uses them',
    async run({ request, cell }) {
      const scope = { type: 'file', args: { file: cell('study.liqnb', 0) } }
      const edited = async mode =>
        (await request('organizeImports', { scope, mode })).flatMap(({ textChanges }) =>
          textChanges.map(c => c.newText),
        )
      const all = (await edited('All')).join('')
      ok(all.includes('readFileSync') && all.includes('threshold'), `imports after sorting: ${all}`)
      ok(all.indexOf('node:fs') < all.indexOf('./own.ts'), `their order: ${all}`)
      equal((await edited('RemoveUnused')).length, 0, 'changes')
    },
  },
  {
    name: 'language: two versions of a notebook in a comparison are separate',
    async run({ request, at, server, folder }) {
      const here = at('other.liqnb', 1)
      const older = index => here.file.replace(/#.*/, `#W${index}sZ2l0`)
      const texts = ["const market = 'older'", 'market']
      await server.open(
        texts.map((text, index) => ({ file: older(index), text })),
        folder,
      )
      equal(
        (await request('quickinfo', { ...here, file: older(1) })).displayString,
        'const market: "older"',
        'the older one',
      )
      equal((await request('quickinfo', here)).displayString, 'const market: 5', 'the notebook')
    },
  },
  {
    name: 'language: other files are not affected',
    async run({ request, file }) {
      const completions = await names(request('completionInfo', { file, line: 2, offset: 1 }))
      ok(completions.includes('document') && completions.includes('mine'), 'a script of a page')
      for (const name of ['liq', 'aq', 'display', 'progress']) ok(!completions.includes(name), `${name} is offered`)
    },
  },
]

/**
 * Opens the notebooks and an ordinary file, and returns the context of the tests.
 * @param {import('../typescript-server.mjs').TypeScriptServer} server
 * @param {string} folder an empty folder
 */
export async function openNotebooks(server, folder) {
  writeFileSync(join(folder, 'own.ts'), 'export const threshold = 3\n')
  const root = folder.replaceAll('\\', '/').replace(/^(?!\/)/, '/')
  const cell = (name, index) => `^/vscode-notebook-cell/ts-nul-authority${root}/${name}#W${index}sZmlsZQ==`
  const cells = Object.entries(NOTEBOOKS).flatMap(([name, texts]) =>
    texts.map((text, index) => ({ file: cell(name, index), text: textOf(text) })),
  )
  const file = join(folder, 'page.ts').replaceAll('\\', '/')
  await server.open([...cells, { file, text: 'const mine = 1\n' }], folder)
  const at = (name, index) => {
    const before = NOTEBOOKS[name][index].split('¦')[0].split('\n')
    return { file: cell(name, index), line: before.length, offset: before.at(-1).length + 1 }
  }
  return { cell, at, file, folder, server, request: (command, args) => server.request(command, args) }
}

const textOf = text => text.replace('¦', '')
const names = async answer => (await answer).entries.map(({ name }) => name)
