/** Parsing of cells and of the notebook's own modules: TypeScript → JavaScript → syntax tree. */
import { type AnyNode, type Options, type Program, parse } from 'acorn'
import { transform } from 'sucrase'
import { mapPosition } from './stack.ts'
import { type Transpiled, transpile } from './typescript.ts'

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
  /** JavaScript with the lines of the source, or of `transpiled`; columns shift where types were removed. */
  code: string
  program: Program
  /** Present if TypeScript's own compiler made the code. */
  transpiled?: Transpiled | undefined
}

type ParseOptions = Omit<Options, 'ecmaVersion'>

const CELL = { sourceType: 'script', allowImportExportEverywhere: true, allowAwaitOutsideFunction: true } as const
const MODULE = { sourceType: 'module', allowHashBang: true } as const

/**
 * Parses a cell: a script that may import, export (also what another cell declared) and await.
 * @param keepUnusedImports keeps imports that the cell itself does not use: a later cell may use them
 * @throws SourceSyntaxError, and TypeScriptNotLoaded if the cell needs TypeScript's own compiler
 */
export function parseCell(source: string, keepUnusedImports = true): Parsed {
  return parseTypeScript(source, keepUnusedImports, CELL)
}

/**
 * Parses a module, in TypeScript or in JavaScript.
 * @throws SourceSyntaxError, and TypeScriptNotLoaded if the module needs TypeScript's own compiler
 */
export function parseModule(source: string, isTypeScript: boolean): Parsed {
  return isTypeScript ? parseTypeScript(source, false, MODULE) : parseJavaScript({ source, code: source }, MODULE)
}

/** A cell as JavaScript by the fast compiler alone; null if that is not certain to be right. */
export function parseQuickly(source: string): Parsed | null {
  return tryFast(source, true, CELL)
}

/**
 * Sucrase takes a third of a millisecond a cell. What it does not compile, or not as TypeScript does, goes to TypeScript itself;
 * so do syntax errors, which then read as in the editor.
 */
function parseTypeScript(source: string, keepUnusedImports: boolean, options: ParseOptions): Parsed {
  const fast = tryFast(source, keepUnusedImports, options)
  if (fast) return fast
  const transpilation = transpile(source, keepUnusedImports)
  if (!transpilation.ok) {
    const { message, position } = transpilation
    throw new SourceSyntaxError(message, position.line, position.column)
  }
  const { result } = transpilation
  return parseJavaScript({ source, code: result.code, transpiled: result }, options)
}

function tryFast(source: string, keepUnusedImports: boolean, options: ParseOptions): Parsed | null {
  if (needsTypeScript(source, keepUnusedImports)) return null
  let parsed: Parsed
  try {
    parsed = parseJavaScript({ source, code: stripTypes(source, keepUnusedImports) }, options)
  } catch {
    return null
  }
  return losesLineEnd(source, parsed.code) || hasUsing(parsed) ? null : parsed
}

function parseJavaScript(
  script: { source: string; code: string; transpiled?: Transpiled },
  options: ParseOptions,
): Parsed {
  const { code, transpiled } = script
  try {
    return { code, program: parse(code, { ...options, ecmaVersion: 'latest' }), transpiled }
  } catch (error) {
    const located = toSourceSyntaxError(error)
    if (!(located instanceof SourceSyntaxError)) throw error
    const { line, column } = mapPosition(script, located.line, located.column)
    throw new SourceSyntaxError(located.message, line, column)
  }
}

/** Syntax that sucrase accepts and compiles otherwise than TypeScript. The patterns may match too much, but never too little. */
function needsTypeScript(source: string, keepUnusedImports: boolean): boolean {
  return (
    // Sucrase drops namespaces with values.
    /(?:^|[;{}/])[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w$.]+\s*\{/m.test(source) ||
    /\bimport\s+(?:type\s+)?[\w$]+\s*=/.test(source) ||
    /\bexport\s*=/.test(source) ||
    // Merged enums share one variable.
    /\benum\s+([\w$]+)\s*\{[\s\S]*\benum\s+\1\s*\{/.test(source) ||
    // Sucrase takes the names of a type export for uses of values.
    (!keepUnusedImports && /\bexport\s+type\s*\{[^}]*\}(?!\s*from\b)/.test(source))
  )
}

/** A line that continues an expression, or an unfinished class field; operators do so in TypeScript as well. */
const CONTINUES = /^[ \t]*(?:[([`]|\*[\w$[#])/m

/**
 * Whether a line that could continue the one before it follows a removed type or declaration, as `[` does in `x as any⏎[1]`. In
 * TypeScript the type ended the statement.
 */
function losesLineEnd(source: string, code: string): boolean {
  if (!CONTINUES.test(source)) return false
  const lines = source.split('\n')
  const compiled = code.split('\n')
  const endOf = (line = '') => (line.replace(/\/\/.*$|\/\*.*?\*\//g, '').match(/[\w$]+|[^\w$\s]/g) ?? []).slice(-2)
  return lines.some((line, index) => {
    if (!CONTINUES.test(line)) return false
    for (let above = index - 1; above >= 0; above--) {
      const before = endOf(lines[above])
      if (before.length === 0) continue
      const after = endOf(compiled[above])
      return before.join(' ') !== after.join(' ') && after.at(-1) !== ';' && /[\w$)\]}>'"`]/.test(before.at(-1) ?? '')
    }
    return false
  })
}

function hasUsing({ code, program }: Parsed): boolean {
  if (!/\busing\b/.test(code)) return false
  let found = false
  walk(program, node => {
    if (node.type === 'VariableDeclaration' && /using/.test(node.kind)) found = true
  })
  return found
}

function stripTypes(source: string, keepUnusedImports: boolean): string {
  const { code } = transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports })
  return /^[ \t]*;/m.test(source) ? restoreLeadingSemicolons(source, code) : code
}

/** Sucrase removes a `;` with the type that it ends, also where it protects the start of the next line: `;[a, b]`. */
function restoreLeadingSemicolons(source: string, code: string): string {
  const hasSemicolon = source.split('\n').map(line => /^\s*;/.test(line))
  return code
    .split('\n')
    .map((line, index) => (hasSemicolon[index] && !/^\s*;/.test(line) ? `;${line}` : line))
    .join('\n')
}

/** Reads the position from an error of acorn; other errors stay. Its messages end with `(line:column)`, columns from 0. */
function toSourceSyntaxError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const match = /^([\s\S]*?) \((\d+):(\d+)\)$/.exec(error.message)
  if (!match) return error
  const [, message = '', line, column] = match
  return new SourceSyntaxError(message, Number(line), Number(column) + 1)
}

/** Calls `visit` for every node of the tree, parents first. */
export function walk(node: AnyNode | Program, visit: (node: AnyNode) => void): void {
  visit(node as AnyNode)
  for (const child of children(node)) walk(child, visit)
}

/** The nodes directly below a node, in no particular order. */
export function children(node: AnyNode | Program): AnyNode[] {
  return Object.values(node).flat().filter(isNode)
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
