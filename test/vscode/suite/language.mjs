/** Tests of cells in VS Code's TypeScript server, without a window. */
import { mkdirSync, writeFileSync } from 'node:fs'
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
  'wrong.liqnb': [
    'const market = await liq.market({ sample: true })\nlet side = 1',
    'liq.heatmap(market, { ¦halfLive: 3 })',
    'side = 2\n¦markt.close',
    "const market = 'again'",
    'market.toUpperCase() + below.toFixed()',
    'const below = 1',
    "import first from 'node:os'\nreadFileSy¦",
    'const e = basena¦',
    'bel¦',
    'const path: Rec¦',
    'liq.heat¦map(market)',
    'twiceA¦',
    "liq.sfp(market, { ¦levels: 'pivot' })",
  ],
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
      const { displayString } = await request('quickinfo', at('study.liqnb', 6))
      ok(/^const market: \w*Market\w*( & Displayable)?$/.test(displayString), `market: ${displayString}`)
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
    name: 'language: syntax errors of a cell stay in it, and other cells still know its names',
    async run({ request, cell }) {
      for (const name of ['study.liqnb', 'other.liqnb'])
        for (const [index, text] of NOTEBOOKS[name].entries()) {
          const file = cell(name, index)
          const syntax = await request('syntacticDiagnosticsSync', { file })
          equal(syntax.length > 0, /\.¦|\($|\(\{$|\(1$/.test(text), `errors in cell ${index} of ${name}`)
          for (const kind of ['semanticDiagnosticsSync', 'suggestionDiagnosticsSync']) {
            const messages = (await request(kind, { file })).map(({ text }) => text).join()
            // What is typed in a test of completion is no name yet, and a sample market has another way to be asked for.
            const expected =
              kind.startsWith('sugg') && name === 'study.liqnb' && index === 0 ? /string/ : /^$|'(ma|thres)/
            ok(expected.test(messages), `${kind} of cell ${index} of ${name}: ${messages}`)
          }
        }
    },
  },
  {
    name: 'language: a type error is at its place, with a fix',
    async run({ at, request, cell }) {
      const errors = async index =>
        (await request('suggestionDiagnosticsSync', { file: cell('wrong.liqnb', index) })).map(
          ({ start, end, category, code, text }) =>
            `${start.line}:${start.offset}-${end.offset} ${category} ${code} ${text}`,
        )
      for (const index of [0, 3, 4, 5, 10])
        equal((await errors(index)).join(), index === 10 ? (await errors(10)).join() : '', `errors of cell ${index}`)
      ok(/^1:23-31 error 2561 .*'halfLife'/.test((await errors(1)).join()), `an option: ${await errors(1)}`)
      equal((await errors(2)).join(), "2:1-6 error 2552 Cannot find name 'markt'. Did you mean 'market'?", 'a name')
      for (const [index, code, length, newText, before = 0] of [
        [1, 2561, 8, 'halfLife'],
        [2, 2552, 5, 'market'],
        [12, 2820, 6, 'pivots', 9],
      ]) {
        const { file, line, offset } = at('wrong.liqnb', index)
        const range = { file, startLine: line, startOffset: offset, endLine: line, endOffset: offset + length }
        const fixes = await request('getCodeFixes', { ...range, errorCodes: [code] })
        const change = fixes.find(({ fixName }) => fixName === 'spelling')?.changes[0]
        equal(change?.fileName, file, 'the cell that the fix changes')
        equal(
          JSON.stringify(change.textChanges.map(({ start, newText }) => [start.line, start.offset, newText])),
          JSON.stringify([[line, offset + before, newText]]),
          'the change',
        )
      }
    },
  },
  {
    name: 'language: errors follow what is changed in other cells and files',
    async run({ request, cell, server, folder }) {
      const errors = async (name, index) =>
        (await request('suggestionDiagnosticsSync', { file: cell(name, index) })).map(({ text }) => text).join()
      const write = (length, newText) => {
        const [start, end] = [15, 15 + length].map(offset => ({ line: 1, offset }))
        const textChanges = [{ start, end, newText }]
        return request('updateOpen', { changedFiles: [{ fileName: cell('wrong.liqnb', 5), textChanges }] })
      }
      equal(await errors('wrong.liqnb', 4), '', 'before')
      await write(1, "'x'")
      ok(/'toFixed' does not exist/.test(await errors('wrong.liqnb', 4)), 'another cell')
      await write(3, '1')
      equal(await errors('wrong.liqnb', 4), '', 'after')
      equal(await errors('study.liqnb', 5), '', 'before')
      const file = join(folder, 'own.ts').replaceAll('\\', '/')
      await server.open([{ file, text: "export const threshold = 'text'\n" }], folder)
      ok(/'toFixed' does not exist/.test(await errors('study.liqnb', 5)), 'another file')
      await request('updateOpen', { openFiles: [], changedFiles: [], closedFiles: [file] })
      equal(await errors('study.liqnb', 5), '', 'the file as it is on the disk')
    },
  },
  {
    name: 'language: an import is completed and written into the cell',
    async run({ at, request }) {
      await request('configure', { preferences: { includeCompletionsForModuleExports: true } })
      for (const [index, name, source, expected] of [
        [6, 'readFileSync', 'fs', "\nimport { readFileSync } from 'fs'"],
        [7, 'basename', 'path', "import { basename } from 'path'\n"],
        [11, 'twiceAsMuch', 'typed', "import { twiceAsMuch } from 'typed'\n"],
      ]) {
        const place = at('wrong.liqnb', index)
        const { entries } = await request('completionInfo', { ...place, includeExternalModuleExports: true })
        const entry = entries.find(entry => entry.name === name && entry.source?.replace('node:', '') === source)
        ok(entry?.hasAction, `${name} is not offered`)
        ok(!entries.some(entry => entry.source?.includes('.cell-')), 'a cell is offered as a module')
        const entryNames = [{ name, source: entry.source, data: entry.data }]
        const [{ codeActions }] = await request('completionEntryDetails', { ...place, entryNames })
        const [{ fileName, textChanges }] = codeActions[0].changes
        equal(fileName, place.file, 'the cell of the import')
        equal(textChanges.length, 1, 'changes')
        equal(textChanges[0].newText.replaceAll('node:', ''), expected, 'the import')
        equal(textChanges[0].start.line, 1, 'its line')
      }
      await request('configure', { preferences: { includeCompletionsForModuleExports: false } })
    },
  },
  {
    name: 'language: names of other cells are completed as what they are',
    async run({ at, request }) {
      const { entries } = await request('completionInfo', at('wrong.liqnb', 8))
      equal(
        entries
          .filter(({ name }) => name === 'below')
          .map(({ kind }) => kind)
          .join(),
        'const',
        'a name below',
      )
      const [details] = await request('completionEntryDetails', { ...at('wrong.liqnb', 8), entryNames: ['below'] })
      equal(details.displayParts.map(({ text }) => text).join(''), 'const below: 1', 'its details')
      const types = await names(request('completionInfo', at('wrong.liqnb', 9)))
      ok(types.includes('Record') && !types.includes('below'), 'values where a type is due')
    },
  },
  {
    name: 'language: a hover shows the documentation and its example as code',
    async run({ at, request }) {
      const { documentation, tags, displayString } = await request('quickinfo', at('wrong.liqnb', 10))
      ok(displayString.includes('heatmap'), displayString)
      ok(JSON.stringify(documentation).length > 40, `its documentation: ${JSON.stringify(documentation)}`)
      const example = tags.find(({ name }) => name === 'example')
      const text = typeof example.text === 'string' ? example.text : example.text.map(part => part.text).join('')
      ok(/^```ts\n[\s\S]*liq\.heatmap[\s\S]*\n```$/.test(text), `its example: ${text}`)
    },
  },
  {
    name: 'language: cells are in the order that the extension tells',
    async run({ at, request, cell, root }) {
      const here = at('wrong.liqnb', 1)
      const shown = async () => (await request('quickinfo', { ...here, offset: 13 })).displayString
      ok(/Market/.test(await shown()), `market in the order of creation: ${await shown()}`)
      const order = [3, 1, 0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(index =>
        cell('wrong.liqnb', index).replace(/.*#/, ''),
      )
      const configuration = { order: { [`${root}/wrong.liqnb`]: order } }
      await request('configurePlugin', { pluginName: 'liqnb-cells', configuration })
      equal(await shown(), 'const market: "again"', 'market in the order of the notebook')
      await request('configurePlugin', { pluginName: 'liqnb-cells', configuration: {} })
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
  const typed = join(folder, 'node_modules/typed')
  mkdirSync(typed, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "dependencies": { "typed": "1.0.0" } }')
  writeFileSync(join(typed, 'package.json'), '{ "name": "typed", "version": "1.0.0", "types": "index.d.ts" }')
  writeFileSync(join(typed, 'index.d.ts'), 'export function twiceAsMuch(x: number): number\n')
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
  return { cell, at, file, folder, root, server, request: (command, args) => server.request(command, args) }
}

const textOf = text => text.replace('¦', '')
const names = async answer => (await answer).entries.map(({ name }) => name)
