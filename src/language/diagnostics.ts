/**
 * The type errors of a cell: those of TypeScript, without what is no mistake in a notebook. The editor and `liqnb check` both
 * take them from here.
 */
import type ts from '@typescript/typescript6'
import { describeAssignedImport } from './assigned-import.ts'
import type { CellDiagnostic, CellFile } from './cell-diagnostic.ts'
import type { CellModule } from './cell-modules.ts'
import { isKeyOfUnknownType, isMemberOfOpenObject, isOperandOfTypeof, isType, nameAt } from './diagnostic-nodes.ts'
import { describeMissingModule } from './missing-module.ts'
import type { NotebookService } from './notebook-service.ts'
import { nearestCellName, UNKNOWN, UNKNOWN_SIMILAR } from './spelling.ts'
import { isRefusedAsWidened } from './widened-literals.ts'

/** Only asks for annotations, with which the program would do the same: 7005 to 7057, "implicitly has an 'any' type" and so on. */
const isMissingAnnotation = (code: number) => code >= 7005 && code <= 7057 && code !== 7027

/** An element whose key is no member: also an implicit `any`. */
const IMPLICIT_ELEMENT = new Set([7052, 7053])

const DROPPED = new Set([
  // `export =` and `import = require()`, which the kernel compiles, and their clash with the exports of the header.
  ...[1202, 1203, 2309],
  // Types that are too deep or too large for the compiler.
  ...[2589, 2590],
  // `a, b`, which shows b.
  2695,
  // Of type `unknown`, and used nevertheless.
  ...[2571, 18046],
])

/** Used before it is declared or has a value: it may have one from another cell. */
const TOO_EARLY = new Set([2448, 2449, 2450, 2454])

const UNKNOWN_NAME = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2592, 2593, 2867, 2868, 18004])
const UNKNOWN_MODULE = new Set([2307, 2792])
/** A value of a wrong type. */
const WRONG_TYPE = new Set([2322, 2345])
const UNKNOWN_MEMBER = new Set([2339, 2551])
const ASSIGNED_IMPORT = 2632

/** `x` may be null or undefined: in a notebook, whoever sees the value above often knows better. */
const MAYBE_MISSING = new Set([2531, 2532, 2533, 2721, 2722, 2723, 18047, 18048, 18049])

/** Globals of later versions of Node than the oldest that runs cells. */
const LATER_GLOBALS = new Set([
  ...['CloseEvent', 'ErrorEvent', 'EventSource', 'Navigator', 'Storage', 'URLPattern', 'WebSocket'],
  ...['localStorage', 'navigator', 'sessionStorage', 'Float16Array', 'Temporal'],
])

/** What was last said of each cell: after each key VS Code asks for all cells, and most are as they were. */
const lastSaid = new WeakMap<NotebookService, Map<string, { stamp: string; diagnostics: CellDiagnostic[] }>>()

/** The syntax errors of a cell, or else its type errors. */
export function cellDiagnostics(notebook: NotebookService, id: string, toFile: CellFile): CellDiagnostic[] {
  const stamp = notebook.stamp(id)
  const known = lastSaid.get(notebook) ?? new Map<string, { stamp: string; diagnostics: CellDiagnostic[] }>()
  lastSaid.set(notebook, known)
  const last = known.get(id)
  if (last && last.stamp === stamp) return last.diagnostics
  const diagnostics = diagnose(notebook, id, toFile)
  if (stamp !== undefined) known.set(id, { stamp, diagnostics })
  return diagnostics
}

function diagnose(notebook: NotebookService, id: string, toFile: CellFile): CellDiagnostic[] {
  const cell = notebook.module(id)
  if (!cell || cell.scan.hasSyntaxErrors) return cell ? syntaxDiagnostics(notebook, cell) : []
  if (cell.scan.isUnchecked) return []
  return notebook.service
    .getSemanticDiagnostics(notebook.fileName(id))
    .flatMap(diagnostic => toCell(diagnostic, cell) ?? [])
    .flatMap(diagnostic => adapt(diagnostic, cell, notebook) ?? [])
    .filter(isFirstAtItsPlace)
    .map(diagnostic => tidy(diagnostic, notebook, toFile))
}

/** One word on a mistake is enough: a variable that is used too early is also used before it has a value. */
function isFirstAtItsPlace({ start, length }: CellDiagnostic, index: number, all: readonly CellDiagnostic[]): boolean {
  return all.findIndex(other => other.start === start && other.length === length) === index
}

function syntaxDiagnostics(notebook: NotebookService, cell: CellModule): CellDiagnostic[] {
  return notebook.service
    .getSyntacticDiagnostics(notebook.fileName(cell.id))
    .flatMap(diagnostic => toCell(diagnostic, cell) ?? [])
}

/** Undefined for what is said of the header. */
function toCell(diagnostic: ts.Diagnostic, { header }: CellModule): CellDiagnostic | undefined {
  const { start, length } = diagnostic
  if (start === undefined || start < header.length) return undefined
  return { ...diagnostic, start: start - header.length, length: length ?? 0 }
}

/** The diagnostic as it is said in a notebook; undefined if it is no mistake there. */
function adapt(diagnostic: CellDiagnostic, cell: CellModule, notebook: NotebookService): CellDiagnostic | undefined {
  const { code } = diagnostic
  const name = nameAt(cell, diagnostic)
  if (IMPLICIT_ELEMENT.has(code)) return isKeyOfUnknownType(diagnostic, cell, notebook) ? undefined : diagnostic
  if (DROPPED.has(code) || isMissingAnnotation(code)) return undefined
  if (TOO_EARLY.has(code) && notebook.isDeclaredElsewhere(name, cell.id)) return undefined
  if (UNKNOWN_NAME.has(code) && (LATER_GLOBALS.has(name) || notebook.isGlobal(name))) return undefined
  if (UNKNOWN_NAME.has(code) && isOperandOfTypeof(diagnostic, cell, notebook)) return undefined
  if (code === UNKNOWN || code === UNKNOWN_SIMILAR) return withCellName(diagnostic, name, cell, notebook)
  if (UNKNOWN_MEMBER.has(code) && isMemberOfOpenObject(diagnostic, cell, notebook)) return undefined
  if (WRONG_TYPE.has(code) && isRefusedAsWidened(diagnostic, cell, notebook)) return undefined
  if (UNKNOWN_MODULE.has(code)) return describeMissingModule(diagnostic, cell, notebook)
  if (code === ASSIGNED_IMPORT && cell.imports.has(name))
    return describeAssignedImport(diagnostic, name, cell, notebook)
  if (MAYBE_MISSING.has(code)) return { ...diagnostic, category: notebook.ts.DiagnosticCategory.Warning }
  return diagnostic
}

/** An unknown name, with the name of another cell that is near. */
function withCellName(
  diagnostic: CellDiagnostic,
  name: string,
  cell: CellModule,
  notebook: NotebookService,
): CellDiagnostic {
  const near = nearestCellName(notebook, cell.id, name, isType(diagnostic, cell, notebook))
  if (near === undefined) return diagnostic
  return { ...diagnostic, code: UNKNOWN_SIMILAR, messageText: `Cannot find name '${name}'. Did you mean '${near}'?` }
}

/** Without the names of modules that nobody has seen, and with places in cells. */
function tidy(diagnostic: CellDiagnostic, notebook: NotebookService, toFile: CellFile): CellDiagnostic {
  const { relatedInformation } = diagnostic
  const related = relatedInformation?.flatMap(info => {
    const cell = info.file && notebook.cellOf(info.file.fileName)
    const messageText = tidyMessage(info.messageText)
    if (!cell) return [{ ...info, messageText }]
    const start = (info.start ?? 0) - cell.header.length
    return start < 0 ? [] : [{ ...info, messageText, start, file: toFile(cell) }]
  })
  const { relatedInformation: _, ...own } = diagnostic
  const messageText = tidyMessage(diagnostic.messageText)
  return { ...own, messageText, ...(related ? { relatedInformation: related } : {}) }
}

function tidyMessage(message: string): string
function tidyMessage(message: string | ts.DiagnosticMessageChain): string | ts.DiagnosticMessageChain
function tidyMessage(message: string | ts.DiagnosticMessageChain): string | ts.DiagnosticMessageChain {
  if (typeof message === 'string') return withoutCellModules(message)
  const { next } = message
  return {
    ...message,
    messageText: tidyMessage(message.messageText),
    ...(next ? { next: next.map(item => ({ ...item, ...(tidyMessage(item) as ts.DiagnosticMessageChain) })) } : {}),
  }
}

/** `import("/a/x.liqnb.cell-3").Level` as `Level`. */
export function withoutCellModules(text: string): string {
  return text
    .replace(/import\("[^"]*\.cell-[\w-]+(?:\.ts)?"\)\./g, '')
    .replace(/typeof import\("[^"]*\.cell-[\w-]+(?:\.ts)?"\)/g, 'a cell')
}
