/** What is at the place of a diagnostic. */
import type ts from '@typescript/typescript6'
import type { CellDiagnostic } from './cell-diagnostic.ts'
import type { CellModule } from './cell-modules.ts'
import type { NotebookService } from './notebook-service.ts'

/** The text that a diagnostic marks. */
export function nameAt({ text }: CellModule, { start, length }: { start: number; length: number }): string {
  return text.slice(start, start + length)
}

/** Whether the marked member is of a `{}` literal, which a cell fills as it goes (`const counts = {}; counts.a = 1`), or of unknown. */
export function isMemberOfOpenObject(diagnostic: CellDiagnostic, cell: CellModule, notebook: NotebookService): boolean {
  const { ts } = notebook
  const access = ancestorAt(diagnostic, cell, notebook, ts.isPropertyAccessExpression)
  const node = access?.name.getStart() === cell.header.length + diagnostic.start ? access.expression : undefined
  return isOpenObject(node ?? ancestorAt(diagnostic, cell, notebook, ts.isObjectBindingPattern), notebook)
}

/** Whether the key of a marked element is a string that the program computes, or the object has no known keys at all. */
export function isKeyOfUnknownType(diagnostic: CellDiagnostic, cell: CellModule, notebook: NotebookService): boolean {
  const { ts } = notebook
  const access = ancestorAt(diagnostic, cell, notebook, ts.isElementAccessExpression)
  if (!access) return true
  return !ts.isStringLiteralLike(access.argumentExpression) || isOpenObject(access.expression, notebook)
}

/** Whether the marked name is only asked for: `typeof name`. */
export function isOperandOfTypeof(diagnostic: CellDiagnostic, cell: CellModule, notebook: NotebookService): boolean {
  const node = nodeAt(diagnostic, cell, notebook)
  return node !== undefined && notebook.ts.isTypeOfExpression(node.parent)
}

/** Whether the marked name stands for a type. */
export function isType(diagnostic: ts.TextSpan, cell: CellModule, notebook: NotebookService): boolean {
  const node = nodeAt(diagnostic, cell, notebook)
  return node !== undefined && notebook.ts.isPartOfTypeNode(node)
}

function isOpenObject(node: ts.Node | undefined, { ts, service }: NotebookService): boolean {
  const checker = service.getProgram()?.getTypeChecker()
  const type = node && checker?.getTypeAtLocation(node)
  if (!checker || !type) return false
  if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return true
  if (!(type.flags & ts.TypeFlags.Object)) return false
  return checker.getPropertiesOfType(type).length === 0 && type.getCallSignatures().length === 0
}

/** The outermost node that covers just what a diagnostic marks. */
export function nodeAt(diagnostic: ts.TextSpan, cell: CellModule, notebook: NotebookService): ts.Node | undefined {
  const from = cell.header.length + diagnostic.start
  let result: ts.Node | undefined
  visitAt(from, cell, notebook, (node, file) => {
    if (node.getStart(file) === from && node.end === from + diagnostic.length) result ??= node
  })
  return result
}

/** The innermost node of a kind around the start of a diagnostic. */
function ancestorAt<T extends ts.Node>(
  { start }: CellDiagnostic,
  cell: CellModule,
  notebook: NotebookService,
  isKind: (node: ts.Node) => node is T,
): T | undefined {
  let result: T | undefined
  visitAt(cell.header.length + start, cell, notebook, node => {
    if (isKind(node)) result = node
  })
  return result
}

/** Visits the nodes around a position, the outermost first. */
function visitAt(
  position: number,
  { id }: CellModule,
  { ts, service, fileName }: NotebookService,
  visit: (node: ts.Node, file: ts.SourceFile) => void,
): void {
  const file = service.getProgram()?.getSourceFile(fileName(id))
  if (!file) return
  const descend = (node: ts.Node): void => {
    if (position < node.getStart(file) || position >= node.end) return
    visit(node, file)
    ts.forEachChild(node, descend)
  }
  ts.forEachChild(file, descend)
}
