/**
 * Compiles a TypeScript cell to one or two scripts for V8's console evaluation (`replMode`). A cell may redeclare
 * any name as anything, but V8 only lets `let` and `class` replace each other. So `const` and
 * `var` become `let`. `function f` becomes `let f = function`, in a separate script that runs first, together with the
 * imports, because both are hoisted. All scripts share the session's global scope, so splitting a cell changes no binding.
 * The trade-off: only the editor reports an assignment to a top-level constant.
 */
import type { AnyNode, Program } from 'acorn'
import MagicString from 'magic-string'
import { blank, keepLines } from './padding.ts'
import { importStatement, removeExport, rewriteDynamicImports } from './rewrite-imports.ts'
import { parseCell, SourceSyntaxError } from './syntax.ts'

export interface CompiledCell {
  /** Imports and functions, to run first. Null if there are none. */
  setup: string | null
  main: string
  /** Whether the cell ends in an expression, so that its value is shown. */
  showsValue: boolean
}

/** Strict mode, as in every TypeScript module: a mistyped name in an assignment must not become a new global. */
export const PREFIX = '"use strict";'

/** @throws SourceSyntaxError with the position in `source` */
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
  const script = new MagicString(code)
  let setup = ''
  let setupEnd = 0
  /** Moves a statement into the setup script, on the same lines. */
  const hoist = (node: AnyNode, text: string) => {
    setup += blank(code.slice(setupEnd, node.start)) + text
    setupEnd = node.end
    // The semicolon separates the statements around the gap.
    script.overwrite(node.start, node.end, `;${blank(code.slice(node.start + 1, node.end))}`)
  }

  const usedNames = program.body.some(node => node.type === 'ImportDeclaration')
    ? usedImports(source)
    : new Set<string>()
  const varsBecomeLet = !hasRepeatedVar(program)
  if (/\bimport\b/.test(code)) rewriteDynamicImports(script, program)
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      hoist(node, keepLines(code.slice(node.start, node.end), importStatement(node, usedNames)))
      continue
    }
    removeExport(script, node)
    const declaration = declarationOf(node)
    if (declaration?.type === 'FunctionDeclaration' && declaration.id) {
      // `async function* name` → `let name = async function*`. Anonymous, so that a recursive call uses a later definition.
      const { start, id } = declaration
      script.overwrite(start, id.end, `let ${id.name} = ${code.slice(start, id.start)}`)
      hoist(node, `${script.slice(node.start, node.end)};`)
    } else if (declaration?.type === 'VariableDeclaration') {
      const { kind, start } = declaration
      if (kind === 'const' || (kind === 'var' && varsBecomeLet)) {
        script.overwrite(start, start + kind.length, 'let'.padEnd(kind.length))
      }
    }
  }

  const last = program.body.at(-1)
  const showsValue = last?.type === 'ExpressionStatement' || isDefaultExpression(last)
  return { setup: setup === '' ? null : PREFIX + setup, main: PREFIX + script.toString(), showsValue }
}

/** The imported names that the cell itself uses as values: those that remain when unused imports are dropped. */
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
