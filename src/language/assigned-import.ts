/** Assignments to names of other cells. To TypeScript they are imports, which nobody may assign. */
import type ts from '@typescript/typescript6'
import type { CellDiagnostic } from './cell-diagnostic.ts'
import type { CellModule } from './cell-modules.ts'
import { nodeAt } from './diagnostic-nodes.ts'
import type { NotebookService } from './notebook-service.ts'
import { isAssignableUnlessWidened } from './widened-literals.ts'

const ASSIGNED_CONSTANT = 2588
const WRONG_TYPE = 2322

/** What is wrong with the assignment of a name that the cell imports; undefined if nothing is. */
export function describeAssignedImport(
  diagnostic: CellDiagnostic,
  name: string,
  cell: CellModule,
  notebook: NotebookService,
): CellDiagnostic | undefined {
  const from = cell.imports.get(name)?.from
  const kind = from === undefined ? undefined : notebook.module(from)?.scan.declared.get(name)?.kind
  if (kind !== notebook.ts.ScriptElementKind.constElement) return wrongType(diagnostic, cell, notebook)
  const messageText = `Cannot assign to '${name}' because it is a constant in another cell.`
  return { ...diagnostic, code: ASSIGNED_CONSTANT, messageText }
}

/** TypeScript stops at the import, and does not compare the types. */
function wrongType(
  diagnostic: CellDiagnostic,
  cell: CellModule,
  notebook: NotebookService,
): CellDiagnostic | undefined {
  const { ts } = notebook
  const node = nodeAt(diagnostic, cell, notebook)
  const checker = notebook.service.getProgram()?.getTypeChecker()
  const symbol = node && checker?.getSymbolAtLocation(node)
  if (!checker || !symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return undefined
  const { parent } = node
  if (!ts.isBinaryExpression(parent) || parent.left !== node || !isPlain(parent.operatorToken, ts)) return undefined
  const target = checker.getTypeOfSymbol(checker.getAliasedSymbol(symbol))
  const source = checker.getTypeAtLocation(parent.right)
  if (isAssignableUnlessWidened(source, target, ts, checker)) return undefined
  const messageText = `Type '${checker.typeToString(source)}' is not assignable to type '${checker.typeToString(target)}'.`
  return { ...diagnostic, code: WRONG_TYPE, messageText }
}

const isPlain = ({ kind }: ts.Node, typescript: typeof ts) => kind === typescript.SyntaxKind.EqualsToken
