/** Parsing of cells and of the notebook's own modules: TypeScript → JavaScript → syntax tree. */
import { type AnyNode, type Options, type Program, parse } from 'acorn'
import { transform } from 'sucrase'
import { mapPosition } from './stack.ts'

/** A syntax error with its position in the user's text (line and column count from 1). */
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
  /** JavaScript with the lines of the source; columns shift where types were removed. */
  code: string
  program: Program
}

/**
 * Parses a cell: a script that may import, export (also what another cell declared) and await.
 * @param keepUnusedImports keeps imports that the cell itself does not use: a later cell may use them
 * @throws SourceSyntaxError
 */
export function parseCell(source: string, keepUnusedImports = true): Parsed {
  const options = { sourceType: 'script', allowImportExportEverywhere: true, allowAwaitOutsideFunction: true } as const
  return parseJavaScript(source, stripTypes(source, keepUnusedImports), options)
}

/**
 * Parses a module, in TypeScript or in JavaScript.
 * @throws SourceSyntaxError
 */
export function parseModule(source: string, isTypeScript: boolean): Parsed {
  const code = isTypeScript ? stripTypes(source, false) : source
  return parseJavaScript(source, code, { sourceType: 'module', allowHashBang: true })
}

function parseJavaScript(source: string, code: string, options: Omit<Options, 'ecmaVersion'>): Parsed {
  try {
    return { code, program: parse(code, { ...options, ecmaVersion: 'latest' }) }
  } catch (error) {
    const located = toSourceSyntaxError(error)
    if (!(located instanceof SourceSyntaxError)) throw error
    const { line, column } = mapPosition({ source, code }, located.line, located.column)
    throw new SourceSyntaxError(located.message, line, column)
  }
}

function stripTypes(source: string, keepUnusedImports: boolean): string {
  try {
    const { code } = transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports })
    return /^[ \t]*;/m.test(source) ? restoreLeadingSemicolons(source, code) : code
  } catch (error) {
    throw toSourceSyntaxError(error)
  }
}

/** Sucrase removes a `;` with the type that it ends, also where it protects the start of the next line: `;[a, b]`. */
function restoreLeadingSemicolons(source: string, code: string): string {
  const hasSemicolon = source.split('\n').map(line => /^\s*;/.test(line))
  return code
    .split('\n')
    .map((line, index) => (hasSemicolon[index] && !/^\s*;/.test(line) ? `;${line}` : line))
    .join('\n')
}

/**
 * Reads the position from an error of sucrase or acorn; other errors stay. The messages of both end with `(line:column)`;
 * sucrase counts columns from 1, acorn from 0.
 */
function toSourceSyntaxError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const match = /^(?:Error transforming .*?: )?([\s\S]*?) \((\d+):(\d+)\)$/.exec(error.message)
  if (!match) return error
  const [, message = '', line, column] = match
  const isFromAcorn = 'raisedAt' in error
  return new SourceSyntaxError(message, Number(line), Number(column) + (isFromAcorn ? 1 : 0))
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
