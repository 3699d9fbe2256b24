/**
 * Compiles a TypeScript cell to one or two scripts for V8's console evaluation (`replMode`). A cell may redeclare
 * any name as anything, but V8 only lets `let` and `class` replace each other. So `const` and
 * `var` become `let`. `function f` becomes `let f = function`, in a separate script that runs first, together with the
 * imports, because both are hoisted. All scripts share the session's global scope, so splitting a cell changes no binding.
 * The trade-off: only the editor reports an assignment to a top-level constant.
 */
import type { AnyNode, Program } from 'acorn'
import MagicString from 'magic-string'
import { assignedIdentifiers, boundNames, declaredNames, renameIdentifiers } from './identifiers.ts'
import {
  aliasFor,
  assignmentMessage,
  type CellImport,
  type CellNames,
  NO_SESSION,
  type SessionNames,
} from './imported-names.ts'
import { blank, keepLines } from './padding.ts'
import { importedItems, importStatement, removeExport, rewriteDynamicImports } from './rewrite-imports.ts'
import { mapPosition } from './stack.ts'
import { type Parsed, parseCell, parseQuickly, SourceSyntaxError } from './syntax.ts'
import { endsInExpression, type Transpiled } from './typescript.ts'

export interface CompiledCell extends CellNames {
  /** Imports and functions, to run first. Null if there are none. */
  setup: string | null
  main: string
  /** Whether the cell ends in an expression, so that its value is shown. */
  showsValue: boolean
  /** Present if TypeScript's own compiler was needed; both scripts have its lines then. */
  transpiled: Transpiled | undefined
}

/** Strict mode, as in every TypeScript module: a mistyped name in an assignment must not become a new global. */
export const PREFIX = '"use strict";'

/** White space and comments up to a brace. */
const OPENING_BRACE = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*\{/

/** @throws SourceSyntaxError with the position in `source`; TypeScriptNotLoaded (see typescript.ts) */
export function compileCell(source: string, session: SessionNames = NO_SESSION): CompiledCell {
  const { text, parsed } = parseCellText(source)
  return compile(text, parsed, session)
}

/**
 * The syntax tree of a cell, and the text that it is of.
 * @throws SourceSyntaxError with the position in `source`; TypeScriptNotLoaded (see typescript.ts)
 */
export function parseCellText(source: string): { text: string; parsed: Parsed } {
  // As in Node's REPL: `{ a: 1 }` is an object, not a block with a label.
  const start = OPENING_BRACE.exec(source)?.[0].length
  if (start !== undefined && !/;\s*$/.test(source)) {
    const text = `${source.slice(0, start - 1)}(${source.slice(start - 1)}\n)`
    const parsed = parseQuickly(text)
    if (parsed) return { text, parsed }
  }
  return { text: source, parsed: parseCell(source) }
}

function compile(source: string, parsed: Parsed, session: SessionNames): CompiledCell {
  const { code, program, transpiled } = parsed
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

  const imports = importsOf(program, session)
  const declares = declaredNames(program)
  linkImportedNames(script, source, parsed, { imports, declares }, session)
  const usedNames = imports.length > 0 ? usedImports(source) : new Set<string>()
  const liveNames = new Map(imports.flatMap(({ local, live }) => (live === undefined ? [] : [[local, live] as const])))
  const varsBecomeLet = !hasRepeatedVar(program)
  if (/\bimport\b/.test(code)) rewriteDynamicImports(script, program)
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      hoist(node, keepLines(code.slice(node.start, node.end), importStatement(node, usedNames, liveNames)))
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
  const showsValue = transpiled
    ? endsInExpression(source)
    : last?.type === 'ExpressionStatement' || isDefaultExpression(last)
  const main = PREFIX + script.toString()
  return { setup: setup === '' ? null : PREFIX + setup, main, showsValue, declares, imports, transpiled }
}

function importsOf(program: Program, session: SessionNames): CellImport[] {
  return program.body.flatMap(node => {
    if (node.type !== 'ImportDeclaration') return []
    const specifier = String(node.source.value)
    return importedItems(node).map(({ exported, local }) => {
      const isLive = exported !== null && !session.isConstant(specifier, exported)
      const live = isLive ? (session.isTaken(local) ? aliasFor(local) : local) : undefined
      return { local, specifier, live }
    })
  })
}

/**
 * Makes the cell read the current values of imported names, of its own imports and those of earlier cells.
 * @throws SourceSyntaxError for an assignment to one of them
 */
function linkImportedNames(
  script: MagicString,
  source: string,
  parsed: Parsed,
  { imports, declares }: CellNames,
  session: SessionNames,
): void {
  const names = new Map<string, { specifier: string; live: string | undefined }>()
  for (const name of session.imported()) {
    const specifier = session.specifierOf(name)
    if (specifier !== undefined && parsed.code.includes(name))
      names.set(name, { specifier, live: session.aliasOf(name) })
  }
  for (const name of declares) names.delete(name)
  for (const { local, specifier, live } of imports) names.set(local, { specifier, live })
  if (names.size === 0) return

  const bound = boundNames(parsed.program)
  for (const { name, start } of assignedIdentifiers(parsed.program)) {
    const item = names.get(name)
    if (!item || bound.has(name)) continue
    const lines = parsed.code.slice(0, start).split('\n')
    const { line, column } = mapPosition({ source, ...parsed }, lines.length, (lines.at(-1)?.length ?? 0) + 1)
    throw new SourceSyntaxError(assignmentMessage(name, item.specifier), line, column)
  }
  const renamed = [...names].flatMap(([name, { live }]) =>
    live === undefined || live === name ? [] : [[name, live] as const],
  )
  if (renamed.length > 0) renameIdentifiers(script, parsed.program, new Map(renamed))
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
