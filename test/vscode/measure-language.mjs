/**
 * Measures VS Code's TypeScript server with the extension's plugin in a notebook of 200 cells: after each key, the time to the
 * completions, to a hover, to the errors of the cell, and to those of all cells. On Linux also the time that the server computes
 * for it, which other programs on the machine do not change.
 *
 *   node test/vscode/measure-language.mjs [--vsix FILE]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareSession } from './session.mjs'

const CELLS = 200
const KEYS = 120
/** What is typed into cells in turn: known and new names, members, options, declarations. */
const TYPED = ['\nmap0.clusters()', '\nconst mine = t11', '\nliq.heatmap(market0, { half', '\nsum12 + s']

/** Time that passes, and time that the main thread of a process computes, ms; 0 if the system does not tell. */
class Clock {
  #pid
  #start

  constructor(pid) {
    this.#pid = pid
  }

  start() {
    this.#start = this.#read()
  }

  now() {
    const { wall, computing } = this.#read()
    return { wall: wall - this.#start.wall, computing: computing - this.#start.computing }
  }

  #read() {
    const wall = performance.now()
    try {
      return { wall, computing: Number(readFileSync(`/proc/${this.#pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6 }
    } catch {
      return { wall, computing: 0 }
    }
  }
}

const session = prepareSession(parseArgs({ options: { vsix: { type: 'string' } } }).values)
const server = session.typeScriptServer()
try {
  await measure(server, join(session.scratch, 'measured'))
} finally {
  server.stop()
  session.dispose()
}

export async function measure(server, folder) {
  const file = index => `^/vscode-notebook-cell/ts-nul-authority${folder}/long.liqnb#${cellNumber(index)}sZmlsZQ==`
  const texts = Array.from({ length: CELLS }, (_, index) => cellText(index))
  const start = performance.now()
  await server.open(
    texts.map((text, index) => ({ file: file(index), text })),
    folder,
  )
  await server.request('configure', { preferences: { includeCompletionsForModuleExports: true } })
  await server.request('quickinfo', { file: file(0), line: 1, offset: 8 })
  console.log(`\nA notebook of ${CELLS} cells, ms`)
  console.log(`  opened, to the first hover: ${Math.round(performance.now() - start)}`)
  const all = texts.map((_, index) => file(index))
  await allErrors(server, all)
  const clock = new Clock(server.pid)
  const times = { completions: [], hover: [], 'errors of the cell': [], 'errors of all cells': [] }
  for (let key = 0; key < KEYS; key++) {
    const word = TYPED[Math.floor(key / 15) % TYPED.length]
    const index = 13 + 40 * (Math.floor(key / 15) % TYPED.length)
    const letter = word[key % 15]
    if (letter === undefined) continue
    const lines = texts[index].split('\n')
    const end = { line: lines.length, offset: lines.at(-1).length + 1 }
    texts[index] += letter
    const after = letter === '\n' ? { line: end.line + 1, offset: 1 } : { ...end, offset: end.offset + 1 }
    const textChanges = [{ newText: letter, start: end, end }]
    clock.start()
    await server.request('updateOpen', { changedFiles: [{ fileName: file(index), textChanges }] })
    await server.request('completionInfo', { file: file(index), ...after }).catch(() => undefined)
    times.completions.push(clock.now())
    await server.request('quickinfo', { file: file(index), line: 1, offset: 8 }).catch(() => undefined)
    times.hover.push(clock.now())
    // As VS Code asks: for the changed cell first.
    const errors = await allErrors(server, [file(index), ...all.filter(name => name !== file(index))], clock)
    times['errors of the cell'].push(errors.first)
    times['errors of all cells'].push(errors.last)
  }
  for (const [name, values] of Object.entries(times)) {
    console.log(`  a key to the ${name.padEnd(20)} ${summary(values.map(({ wall }) => wall))}`)
    console.log(`    of it computing ${''.padEnd(17)} ${summary(values.map(({ computing }) => computing))}`)
  }
}

/** When the errors of the first file, and those of all, have come. */
async function allErrors(server, files, clock) {
  const firstDone = server.event('suggestionDiag', body => body.file === files[0])
  const done = server.event('requestCompleted')
  server.notify('geterr', { files, delay: 0 })
  await firstDone
  const first = clock?.now()
  await done
  return { first, last: clock?.now() }
}

/** A market and a map for each ten cells, then tables, loops and sums that use them. */
function cellText(index) {
  const base = index - (index % 10)
  if (index === base)
    return `const market${index} = await liq.market({ sample: true })\nconst map${index} = liq.heatmap(market${index}, { halfLife: '3d' })`
  return [
    `const t${index} = map${base}.clusters().filter(d => d.convergence >= 3).derive({ half: d => d.notional / 2 })`,
    `for (const row of t${index}.objects()) console.log(row.side, row.notional)`,
    `const s${index} = market${base}.close.reduce((a, b) => a + b, 0)${index > base + 1 ? ` + s${index - 1}` : ''}`,
    `function sum${index}(values: number[]) {\n  return values.reduce((total, value) => total + value, s${index})\n}`,
    'const result = await Promise.resolve({ x: 1 })',
    `display(s${index}.toFixed(result.x))`,
  ].join('\n')
}

/** VS Code's name of the cell: base 7, with a letter for the number of digits. */
function cellNumber(index) {
  const digits = index.toString(7)
  return `${'WXYZ'[digits.length - 1]}${digits}`
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0)
  return `median ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)} (${sorted.length})`
}
