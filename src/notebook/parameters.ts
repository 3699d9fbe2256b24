/** Parameters of notebooks, as in papermill: a tagged cell declares them, an injected cell sets them. */
import { type Pattern, parse } from 'acorn'
import { transform } from 'sucrase'
import { newCellId } from './cell-ids.ts'
import { newCodeCell } from './create.ts'
import { hasTag } from './tags.ts'
import type { Cell, CodeCell, Notebook } from './types.ts'

/** A value that a notebook can be run with. */
export type ParameterValue = null | boolean | number | string

/** A name that the parameters cell declares, and the source of its default, if any. */
export interface DeclaredParameter {
  name: string
  defaultSource: string | undefined
}

const INJECTED_TAG = 'injected-parameters'

// Names that a top-level constant of a cell cannot have: reserved in modules, or fixed by the language.
const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for
   function if implements import in instanceof interface let new null package private protected public return static
   super switch this throw true try typeof undefined NaN Infinity var void while with yield eval arguments`.split(
    /\s+/,
  ),
)

/** Why a text cannot be the name of a parameter; undefined if it can. */
export function parameterNameProblem(name: string): string | undefined {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
    return `${JSON.stringify(name)} is not a TypeScript name: use letters, digits, "_" and "$", not starting with a digit`
  }
  return RESERVED.has(name) ? `${JSON.stringify(name)} is a reserved word and cannot name a parameter` : undefined
}

/**
 * Parses a parameter value by papermill's rule: `true`, `false` and `null` (also Python's `True`, `False` and `None`),
 * numbers, and text for everything else. A number out of range (`1e999`, whole numbers beyond 2^53) stays text.
 */
export function inferParameterValue(text: string): ParameterValue {
  if (/^(?:true|True)$/.test(text)) return true
  if (/^(?:false|False)$/.test(text)) return false
  if (/^(?:null|None)$/.test(text)) return null
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return text
  const number = Number(text)
  const exact = /^[+-]?\d+$/.test(text) ? Number.isSafeInteger(number) : Number.isFinite(number)
  return exact ? number : text
}

/**
 * A copy of the notebook with a cell that sets the parameters: after the first code cell tagged `parameters`, or at the top if
 * there is none. A further cell with that tag is followed by one that sets again what it declares, so that its defaults do not
 * win. They replace the injected cells of an earlier run and take their ids. Without values, the notebook stays.
 */
export function injectParameters(notebook: Notebook, values: ReadonlyMap<string, ParameterValue>): Notebook {
  if (values.size === 0) return notebook
  const earlierIds = notebook.cells.filter(cell => hasTag(cell.metadata, INJECTED_TAG)).map(cell => cell.id)
  const usedIds = new Set(notebook.cells.map(cell => cell.id))
  const injected = (names: Iterable<string>): CodeCell => {
    const lines = [...names].map(name => `const ${name} = ${literal(values.get(name) ?? null)}`)
    const id = earlierIds.shift() ?? newCellId(usedIds, INJECTED_TAG)
    usedIds.add(id)
    return newCodeCell(id, ['// Parameters', ...lines].join('\n'), { tags: [INJECTED_TAG] })
  }
  const cells = notebook.cells.filter(cell => !hasTag(cell.metadata, INJECTED_TAG))
  const [first] = parametersCells(notebook)
  if (first === undefined) return { ...notebook, cells: [injected(values.keys()), ...cells] }
  const withValues = cells.flatMap(cell => {
    if (cell === first) return [cell, injected(values.keys())]
    const declared = isParametersCell(cell) ? (declaredParameters(cell) ?? []) : []
    const names = new Set(declared.flatMap(({ name }) => (values.has(name) ? [name] : [])))
    return names.size === 0 ? [cell] : [cell, injected(names)]
  })
  return { ...notebook, cells: withValues }
}

/** The code cells that declare the parameters and their defaults. */
export function parametersCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter(isParametersCell)
}

/**
 * The `const`, `let` and `var` declarations at the top level of the parameters cell, in order; undefined if the cell is not
 * valid TypeScript (running the cell reports why).
 */
export function declaredParameters(cell: CodeCell): DeclaredParameter[] | undefined {
  let code: string
  let program: ReturnType<typeof parse>
  try {
    code = transform(cell.source, {
      transforms: ['typescript'],
      disableESTransforms: true,
      keepUnusedImports: true,
    }).code
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true })
  } catch {
    return undefined
  }
  return program.body
    .flatMap(statement => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
    .flatMap(({ id, init }) => {
      const defaultSource = id.type === 'Identifier' && init ? code.slice(init.start, init.end) : undefined
      return boundNames(id).map(name => ({ name, defaultSource }))
    })
}

function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap(property =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => (element === null ? [] : boundNames(element)))
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}

function isParametersCell(cell: Cell): cell is CodeCell {
  return cell.cell_type === 'code' && hasTag(cell.metadata, 'parameters')
}

function literal(value: ParameterValue): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value)
}
