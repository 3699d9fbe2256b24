/** `liqnb check`. */
import { resolve } from 'node:path'
import type ts from '@typescript/typescript6'
import { oneLine } from '../common/errors.ts'
import type { CellDiagnostic } from '../language/cell-diagnostic.ts'
import { cellDiagnostics } from '../language/diagnostics.ts'
import { type CellText, NotebookService } from '../language/notebook-service.ts'
import type { TypeScript } from '../language/scan-cell.ts'
import type { ServiceFiles } from '../language/service-files.ts'
import { otherLanguage } from '../notebook/runnable.ts'
import { SQL_LANGUAGE, tableDeclaration } from '../notebook/sql-cell.ts'
import type { Cell } from '../notebook/types.ts'
import { readArguments } from './arguments.ts'
import { type Colors, colorsFor } from './colors.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { excerpt } from './excerpt.ts'
import { readNotebook } from './files.ts'
import { loadTypeScript, serviceFiles, toSlashes } from './typescript.ts'

const HELP = `Check the types of the cells: unknown names, properties and options, wrong arguments. Runs no code.

Usage: liqnb check NOTEBOOK… [--json]

Says what the editor says, with the cell's number, line and column. The exit code is 1 if there are errors; warnings (a
package that is not installed, a value that may be missing) do not count. "// @ts-ignore" silences the next line, and
"// @ts-nocheck" at its start a cell.

Options:
  --json      Print a list of what is wrong, for other programs.
  -h, --help  Show this help.
`

/** What is wrong at a place, as `--json` prints it. Lines and columns count from 1. */
interface Finding {
  file: string
  /** The cell's position in the notebook, from 1, as on screen. */
  cell: number
  id: string
  line: number
  column: number
  endLine: number
  endColumn: number
  severity: 'error' | 'warning'
  code: string
  message: string
}

export const check: Command = async (args, { stdout, stderr, cwd, dist, signal }) => {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } })
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  if (positionals.length === 0) throw new UsageError('No notebook file is given')
  const checker = createChecker(dist)
  const colors = colorsFor(stdout)
  const findings: Finding[] = []
  for (const name of positionals) {
    const { cells } = await readNotebook(resolve(cwd, name), stderr)
    if (signal.aborted) return EXIT.interrupted
    for (const finding of checkNotebook(checker, cells, name, resolve(cwd, name))) {
      findings.push(finding)
      if (!values.json) stdout.write(`${lines(finding, cells[finding.cell - 1]!.source, colors)}\n\n`)
    }
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (values.json) stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else stdout.write(`${summary(positionals.length, errors, findings.length - errors)}\n`)
  return errors > 0 ? EXIT.failed : EXIT.ok
}

/** What all notebooks share. */
interface Checker {
  typescript: TypeScript
  files: ServiceFiles
  registry: ts.DocumentRegistry
}

function createChecker(dist: URL): Checker {
  const typescript = loadTypeScript(dist)
  const files = serviceFiles(dist)
  return { typescript, files, registry: typescript.createDocumentRegistry(files.system.useCaseSensitiveFileNames) }
}

/** What is wrong in the cells of TypeScript, in order. */
function* checkNotebook(
  { typescript, files, registry }: Checker,
  cells: readonly Cell[],
  file: string,
  path: string,
): Generator<Finding> {
  const service = new NotebookService(typescript, toSlashes(path), files, registry)
  service.update(
    // Queries are not checked, but other cells use the tables that they declare.
    cells.flatMap((cell, index) => {
      const text = checkedText(cell)
      return text === undefined ? [] : [{ id: String(index + 1), text }]
    }),
  )
  const toFile = ({ id, text }: CellText) =>
    typescript.createSourceFile(`Cell ${id}`, text, typescript.ScriptTarget.ESNext)
  for (const id of service.ids) {
    const cell = cells[Number(id) - 1]!
    if (cell.cell_type !== 'code' || otherLanguage(cell) !== undefined) continue
    for (const diagnostic of cellDiagnostics(service, id, toFile))
      yield describe(typescript, diagnostic, cell.source, { file, cell: Number(id), id: cell.id })
  }
  service.dispose()
}

function checkedText(cell: Cell): string | undefined {
  if (cell.cell_type !== 'code') return undefined
  const language = otherLanguage(cell)
  if (language === SQL_LANGUAGE) return tableDeclaration(cell.source)
  return language === undefined ? cell.source : undefined
}

function describe(
  typescript: TypeScript,
  diagnostic: CellDiagnostic,
  source: string,
  place: { file: string; cell: number; id: string },
): Finding {
  const { start, length, code, category, messageText } = diagnostic
  const from = positionAt(source, start)
  const to = positionAt(source, start + length)
  return {
    ...place,
    ...from,
    endLine: to.line,
    endColumn: to.column,
    severity: category === typescript.DiagnosticCategory.Error ? 'error' : 'warning',
    code: `TS${code}`,
    message: typescript.flattenDiagnosticMessageText(messageText as string | ts.DiagnosticMessageChain, '\n'),
  }
}

function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

function lines({ file, cell, severity, code, message, ...position }: Finding, source: string, colors: Colors): string {
  const place = colors.strong(`${oneLine(file, 1000)} cell ${cell}:${position.line}:${position.column}`)
  const paint = severity === 'error' ? colors.error : colors.advice
  return `${place} ${paint(severity)}: ${message} (${code})\n\n${excerpt(source, position, colors)}`
}

function summary(notebooks: number, errors: number, warnings: number): string {
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${count(notebooks, 'notebook')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`
}
