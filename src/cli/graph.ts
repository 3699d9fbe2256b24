/** `liqnb graph`. */
import { resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { cellTitle } from '../notebook/cell-title.ts'
import type { CellInput } from '../notebook/dependencies.ts'
import type { Notebook } from '../notebook/types.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Command, EXIT } from './environment.ts'
import { readNotebook } from './files.ts'
import { type CellDependencies, readDependencies } from './needed-cells.ts'

const HELP = `Show which cells of a notebook need which, by the names that they declare and use. Runs no code.

Usage: liqnb graph NOTEBOOK [options]

Also says which cells need each other, and which names several cells declare: a cell then means the nearest one above it.
Changes through methods, such as table.push(…), and side effects are not seen.

Options:
      --json  Print JSON.
  -h, --help  Show this help.
`

export const graph: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean', default: false } })
  const { stdout, stderr, cwd } = environment
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const notebook = await readNotebook(resolve(cwd, oneFile(positionals)), stderr)
  const dependencies = await readDependencies(notebook, environment)
  const report = describe(notebook, dependencies)
  stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
  return EXIT.ok
}

/** What is printed as JSON; cells by their numbers. */
interface Report {
  cells: {
    cell: number
    id: string
    title: string
    declares: readonly string[]
    /** Names of other cells that it assigns. */
    assigns: readonly string[]
    needs: { name: string; cell: number }[]
    neededBy: number[]
  }[]
  /** Each cell behind those that it needs. */
  order: number[]
  cycles: { cells: number[]; names: readonly string[] }[]
  doubleDefinitions: { name: string; cells: number[] }[]
  syntaxErrors: number[]
}

function describe({ cells: all }: Notebook, { cells, graph, unreadable }: CellDependencies): Report {
  const numbers = new Map(cells.map(({ cell, number }) => [cell.id, number]))
  const numbersOf = (ids: Iterable<string>) => Array.from(ids, id => numbers.get(id)!).sort((a, b) => a - b)
  const toInput = ({ name, from }: CellInput) => ({ name, cell: numbers.get(from)! })
  return {
    cells: cells.map(({ cell: { id }, number, names }) => ({
      cell: number,
      id,
      title: cellTitle(all, number - 1),
      declares: names.declares,
      assigns: names.assigns.filter(name => graph.inputsOf(id).some(input => input.name === name)),
      needs: graph.inputsOf(id).map(toInput),
      neededBy: numbersOf(graph.dependentsOf(id)),
    })),
    order: graph.order.map(id => numbers.get(id)!),
    cycles: graph.cycles.map(cycle => ({ ...cycle, cells: numbersOf(cycle.cells) })),
    doubleDefinitions: graph.doubleDefinitions.map(({ name, cells: ids }) => ({ name, cells: numbersOf(ids) })),
    syntaxErrors: unreadable,
  }
}

function reportText({ cells, order, cycles, doubleDefinitions, syntaxErrors }: Report): string {
  const lines = cells.map(({ cell, title, declares, assigns, needs }) => {
    const parts = [
      ...(declares.length > 0 ? [`declares ${declares.join(', ')}`] : []),
      ...(assigns.length > 0 ? [`assigns ${assigns.join(', ')}`] : []),
      ...(needs.length > 0 ? [`needs ${needs.map(need => `${need.name} (${need.cell})`).join(', ')}`] : []),
    ]
    return oneLine(`Cell ${cell} · ${title}${parts.length > 0 ? `: ${parts.join('; ')}` : ''}`, 1000)
  })
  if (order.some((cell, index) => cell !== cells[index]?.cell)) lines.push(`Order: ${order.join(', ')}`)
  for (const { cells: of, names } of cycles)
    lines.push(`Warning: cells ${listNumbers(of)} need each other: ${names.join(', ')}`)
  for (const { name, cells: of } of doubleDefinitions)
    lines.push(`Warning: cells ${listNumbers(of)} declare ${name}: a cell means the nearest one above it`)
  for (const cell of syntaxErrors) lines.push(`Warning: cell ${cell} has a syntax error, so its names are not known`)
  return lines.map(line => `${line}\n`).join('')
}

const listNumbers = (numbers: readonly number[]) => `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`
