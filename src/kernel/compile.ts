/**
 * A TypeScript cell as one or two scripts for V8's console evaluation (`replMode`). What a cell declares must be
 * declarable again, also as something else, and V8 lets only `let` and `class` follow each other. So `const` and `var`
 * become `let`, and `function f` becomes `let f = function`, in a script of its own that runs first, together with the
 * imports, because both are hoisted. All scripts share the session's global scope, so splitting a cell changes no
 * binding. The price: assigning to a constant of the top level is left to the editor to complain about.
 */
import type { AnyNode, Program } from 'acorn'
import { applyEdits, blank, type Edit, keepLines } from './edits.ts'
import { dynamicImportEdits, exportEdits, importStatement } from './imports.ts'
import { parseCell, SourceSyntaxError } from './syntax.ts'

export interface CompiledCell {
  /** Imports and functions, to be run first. Null when there are none. */
  setup: string | null
  main: string
  /** Whether the cell ends in an expression, so that its value is shown. */
  showsValue: boolean
}

/** TypeScript is strict everywhere, and a mistyped name in an assignment must not become a new global. */
export const PREFIX = '"use strict";'

/**
 * @throws SourceSyntaxError with the place in `source`.
 */
export function compileCell(source: string): CompiledCell {
  // As in Node's REPL: `{ a: 1 }` is an object, not a block with a label.
  if (/^\s*\{/.test(source) && !/;\s*$/.test(source)) {
    try {
      return compile(`(${source}\n)`)
    } catch (error) {
      if (!(error instanceof SourceSyntaxError)) throw error
    }
  }
  return compile(source)
}

function compile(source: string): CompiledCell {
  const { code, program } = parseCell(source)
  const used = program.body.some(node => node.type === 'ImportDeclaration') ? usedImports(source) : new Set<string>()
  const edits = /\bimport\b/.test(code) ? dynamicImportEdits(program) : []
  const hoisted: { start: number; end: number; text: string }[] = []
  const varsBecomeLet = !hasRepeatedVar(program)

  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const text = keepLines(code.slice(node.start, node.end), importStatement(node, used))
      hoisted.push({ start: node.start, end: node.end, text })
      continue
    }
    edits.push(...exportEdits(node, code))
    const declaration = declarationOf(node)
    if (declaration?.type === 'FunctionDeclaration' && declaration.id) {
      const head = functionHead(declaration, code)
      const text = applyEdits(code, [...edits, head], node.start, node.end)
      hoisted.push({ start: node.start, end: node.end, text: `${text};` })
    } else if (declaration?.type === 'VariableDeclaration') {
      const { kind, start } = declaration
      if (kind === 'const' || (kind === 'var' && varsBecomeLet)) {
        edits.push({ start, end: start + kind.length, text: 'let'.padEnd(kind.length) })
      }
    }
  }

  const last = program.body.at(-1)
  const showsValue = last?.type === 'ExpressionStatement' || isDefaultExpression(last)
  if (hoisted.length === 0) return { setup: null, main: PREFIX + applyEdits(code, edits), showsValue }

  let setup = PREFIX
  let main = PREFIX
  let at = 0
  for (const piece of hoisted) {
    setup += blank(code.slice(at, piece.start)) + piece.text
    // The semicolon keeps the statements around the gap apart.
    main += `${applyEdits(code, edits, at, piece.start)};${blank(code.slice(piece.start + 1, piece.end))}`
    at = piece.end
  }
  return { setup, main: main + applyEdits(code, edits, at), showsValue }
}

/** The imported names that the cell itself uses as values: what is left when unused imports are dropped. */
function usedImports(source: string): Set<string> {
  const names = new Set<string>()
  for (const node of parseCell(source, false).program.body) {
    if (node.type === 'ImportDeclaration') for (const item of node.specifiers) names.add(item.local.name)
  }
  return names
}

function declarationOf(node: AnyNode): AnyNode | null | undefined {
  return node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration' ? node.declaration : node
}

function isDefaultExpression(node: AnyNode | undefined): boolean {
  return node?.type === 'ExportDefaultDeclaration' && !/Declaration$/.test(node.declaration.type)
}

/** `async function* name` → `let name = async function*`. Anonymous, so that a recursive call finds a later definition. */
function functionHead(node: AnyNode & { type: 'FunctionDeclaration' }, code: string): Edit {
  const { id } = node
  const words = code.slice(node.start, id!.start)
  return { start: node.start, end: id!.end, text: `let ${id!.name} = ${words}` }
}

/** `var x` twice in a cell is legal, `let x` twice is not: such a cell keeps its `var`s. */
function hasRepeatedVar(program: Program): boolean {
  const names = new Set<string>()
  for (const node of program.body) {
    const declaration = declarationOf(node)
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'var') continue
    for (const item of declaration.declarations) {
      if (item.id.type !== 'Identifier') continue
      if (names.has(item.id.name)) return true
      names.add(item.id.name)
    }
  }
  return false
}
