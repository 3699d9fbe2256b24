/** Parsing shared by cells and by the notebook's own modules: TypeScript → JavaScript → syntax tree. */
import { type AnyNode, type Options, type Program, parse } from 'acorn'
import { transform } from 'sucrase'

/** A syntax error with its place in the text the user wrote (line and column count from 1). */
export class SourceSyntaxError extends SyntaxError {
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.name = 'SyntaxError'
    this.line = line
    this.column = column
  }
}

/**
 * Strips types. Lines are kept; columns shift where types stood.
 * @param keepUnusedImports whether an import that nothing uses stays: in a cell it may be used by a later cell.
 * @throws SourceSyntaxError
 */
export function stripTypes(source: string, keepUnusedImports: boolean): string {
  try {
    return transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports }).code
  } catch (error) {
    throw placed(error)
  }
}

/**
 * Parses a cell after {@link stripTypes}: a script that may import, export (also what another cell declared) and await.
 * @throws SourceSyntaxError
 */
export function parseCell(code: string): Program {
  return parseAs(code, { sourceType: 'script', allowImportExportEverywhere: true, allowAwaitOutsideFunction: true })
}

/**
 * Parses a module after {@link stripTypes}.
 * @throws SourceSyntaxError
 */
export function parseModule(code: string): Program {
  return parseAs(code, { sourceType: 'module', allowHashBang: true })
}

function parseAs(code: string, options: Omit<Options, 'ecmaVersion'>): Program {
  try {
    return parse(code, { ...options, ecmaVersion: 'latest' })
  } catch (error) {
    throw placed(error)
  }
}

/** Sucrase and acorn both end their messages with `(line:column)`, the column counted from 1 and from 0. */
function placed(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const match = /^(?:Error transforming .*?: )?([\s\S]*?) \((\d+):(\d+)\)$/.exec(error.message)
  if (!match) return error
  const fromZero = 'raisedAt' in error
  return new SourceSyntaxError(match[1]!, Number(match[2]), Number(match[3]) + (fromZero ? 1 : 0))
}

/** Calls `visit` for every node of the tree, parents first. */
export function walk(node: AnyNode | Program, visit: (node: AnyNode) => void): void {
  visit(node as AnyNode)
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit)
    } else if (isNode(value)) {
      walk(value, visit)
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
