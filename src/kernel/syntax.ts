/** Parsing shared by cells and by the notebook's own modules: TypeScript → JavaScript → syntax tree. */
import { type AnyNode, type Options, type Program, parse } from 'acorn'
import { transform } from 'sucrase'
import { mapPosition } from './stack.ts'

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

export interface Parsed {
  /** JavaScript with the lines of the source; columns shift where types stood. */
  code: string
  program: Program
}

/**
 * A cell: a script that may import, export (also what another cell declared) and await.
 * @param keepUnusedImports whether an import that nothing uses stays: a later cell may use it.
 * @throws SourceSyntaxError
 */
export function parseCell(source: string, keepUnusedImports = true): Parsed {
  const options = { sourceType: 'script', allowImportExportEverywhere: true, allowAwaitOutsideFunction: true } as const
  return parseStripped(source, stripTypes(source, keepUnusedImports), options)
}

/**
 * A module, in TypeScript or in JavaScript.
 * @throws SourceSyntaxError
 */
export function parseModule(source: string, typed: boolean): Parsed {
  const code = typed ? stripTypes(source, false) : source
  return parseStripped(source, code, { sourceType: 'module', allowHashBang: true })
}

function parseStripped(source: string, code: string, options: Omit<Options, 'ecmaVersion'>): Parsed {
  try {
    return { code, program: parse(code, { ...options, ecmaVersion: 'latest' }) }
  } catch (error) {
    const inCode = placed(error)
    if (!(inCode instanceof SourceSyntaxError)) throw error
    const { line, column } = mapPosition({ source, code }, inCode.line, inCode.column)
    throw new SourceSyntaxError(inCode.message, line, column)
  }
}

function stripTypes(source: string, keepUnusedImports: boolean): string {
  try {
    const { code } = transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports })
    return /^[ \t]*;/m.test(source) ? keepLeadingSemicolons(source, code) : code
  } catch (error) {
    throw placed(error)
  }
}

/** Sucrase takes `;` away with a type that ends there, also where it opens the next line for good reason: `;[a, b]`. */
function keepLeadingSemicolons(source: string, code: string): string {
  const opens = source.split('\n').map(line => /^\s*;/.test(line))
  return code
    .split('\n')
    .map((line, index) => (opens[index] && !/^\s*;/.test(line) ? `;${line}` : line))
    .join('\n')
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
