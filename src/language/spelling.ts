/** What a mistyped name may mean. */
import type ts from '@typescript/typescript6'
import { nearestName } from '../common/options.ts'
import type { CellModule } from './cell-modules.ts'
import { isType, nodeAt } from './diagnostic-nodes.ts'
import type { NotebookService } from './notebook-service.ts'

/** Unknown name, without and with a suggestion. */
export const UNKNOWN = 2304
export const UNKNOWN_SIMILAR = 2552
/** Unknown key of an object, and unknown text, both with a suggestion. TypeScript has no fix for them. */
const UNKNOWN_KEY = 2561
const UNKNOWN_TEXT = 2820

/** The codes of what {@link correctSpelling} corrects. */
export const CORRECTED = [UNKNOWN_SIMILAR, UNKNOWN_KEY, UNKNOWN_TEXT]

/** Kinds of declarations that are no types, and those that are nothing else. */
const VALUES = new Set(['const', 'let', 'var', 'function'])
const TYPES = new Set(['interface', 'type'])

/** The name of another cell that is nearest to `name`, as a type or as a value; undefined if none is near. */
export function nearestCellName(
  notebook: NotebookService,
  id: string,
  name: string,
  isType: boolean,
): string | undefined {
  const excluded = isType ? VALUES : TYPES
  const visible = [...notebook.visibleNames(id)]
  const fitting = visible.filter(([known, { scan }]) => !excluded.has(scan.declared.get(known)?.kind ?? ''))
  return nearestName(
    name,
    fitting.map(([known]) => known),
  )
}

/** The text to write instead of a marked one, and where; undefined if TypeScript has a fix, or there is none. */
export function correctSpelling(
  notebook: NotebookService,
  cell: CellModule,
  span: ts.TextSpan,
  codes: readonly number[],
): ts.TextChange | undefined {
  const { ts } = notebook
  const node = nodeAt(span, cell, notebook)
  const checker = notebook.service.getProgram()?.getTypeChecker()
  if (!node || !checker) return undefined
  if (codes.includes(UNKNOWN_SIMILAR) && ts.isIdentifier(node))
    return change(span, nearestCellName(notebook, cell.id, node.text, isType(span, cell, notebook)))
  if (codes.includes(UNKNOWN_KEY) && ts.isIdentifier(node)) {
    const object = ts.findAncestor(node, ts.isObjectLiteralExpression)
    const type = object && checker.getContextualType(object)
    return change(span, type && nearestName(node.text, allProperties(type)))
  }
  if (!codes.includes(UNKNOWN_TEXT)) return undefined
  // The mark is on the key of an option, the text behind it.
  const value = ts.isPropertyAssignment(node.parent) && node.parent.name === node ? node.parent.initializer : node
  if (!ts.isStringLiteralLike(value)) return undefined
  const type = checker.getContextualType(value)
  const texts = (type?.isUnion() ? type.types : []).flatMap(item => (item.isStringLiteral() ? [item.value] : []))
  // Within the quotes.
  const inside = { start: value.getStart() + 1 - cell.header.length, length: value.getWidth() - 2 }
  return change(inside, nearestName(value.text, texts))
}

const change = (span: ts.TextSpan, newText: string | undefined) =>
  newText === undefined ? undefined : { span, newText }

function allProperties(type: ts.Type): string[] {
  const types = type.isUnion() ? type.types : [type]
  return types.flatMap(item => item.getProperties().map(({ name }) => name))
}
