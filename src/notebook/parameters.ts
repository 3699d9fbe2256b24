/** Parameters of notebooks, as in papermill: a tagged cell declares them, an injected cell sets them. */
import { type Pattern, parse } from 'acorn'
import { transform } from 'sucrase'
import { newCellId, newCodeCell } from './create.ts'
import type { Cell, CodeCell, Notebook } from './types.ts'

/** A value that a notebook can be run with. */
export type ParameterValue = null | boolean | number | string

/** A name that the parameters cell declares, and the source of its default, if any. */
export interface DeclaredParameter {
  name: string
  defaultSource: string | undefined
}

const PARAMETERS_TAG = 'parameters'
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
 * there is none. It replaces the injected cell of an earlier run and takes its id. Without values, the notebook stays.
 */
export function injectParameters(notebook: Notebook, values: ReadonlyMap<string, ParameterValue>): Notebook {
  if (values.size === 0) return notebook
  const lines = [...values].map(([name, value]) => `const ${name} = ${literal(value)}`)
  const source = ['// Parameters', ...lines].join('\n')
  const earlier = notebook.cells.find(cell => hasTag(cell, INJECTED_TAG))
  const id = earlier?.id ?? newCellId(new Set(notebook.cells.map(cell => cell.id)), INJECTED_TAG)
  const injected = newCodeCell(id, source, { tags: [INJECTED_TAG] })

  const cells = notebook.cells.filter(cell => !hasTag(cell, INJECTED_TAG))
  const parametersIndex = cells.findIndex(isParametersCell)
  cells.splice(parametersIndex + 1, 0, injected)
  return { ...notebook, cells }
}

/** The code cell that declares the parameters and their defaults. */
export function findParametersCell(notebook: Notebook): CodeCell | undefined {
  return notebook.cells.find(isParametersCell)
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
  return cell.cell_type === 'code' && hasTag(cell, PARAMETERS_TAG)
}

function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag)
}

function literal(value: ParameterValue): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value)
}
