/** The names that a cell declares and uses. */
import { createHash } from 'node:crypto'
import type { AnyNode, Program } from 'acorn'
import { analyze, type Scope } from 'eslint-scope'
import type { CellNames } from '../notebook/dependencies.ts'
import { parseCellText } from './compile.ts'
import { SourceSyntaxError, walk } from './syntax.ts'
import { TypeScriptNotLoaded, useCompiler } from './typescript.ts'
import { loadTypeScriptFile } from './typescript-file.ts'

/** Methods of `liq` that return controls. */
const CONTROL_METHODS = new Set(['controls', 'interact'])

/**
 * The names of a cell; undefined while it has a syntax error.
 * @param compilerFile path of `dist/typescript.cjs`
 */
export async function readCellNames(source: string, compilerFile: string): Promise<CellNames | undefined> {
  try {
    return findCellNames(source)
  } catch (error) {
    if (error instanceof SourceSyntaxError) return undefined
    if (!(error instanceof TypeScriptNotLoaded)) throw error
    useCompiler(await loadTypeScriptFile(compilerFile))
    return readCellNames(source, compilerFile)
  }
}

/** @throws SourceSyntaxError; TypeScriptNotLoaded (see typescript.ts) */
export function findCellNames(source: string): CellNames {
  const { program } = parseCellText(source).parsed
  const code = codeOf(program)
  // Scopes of parameters are told from those of bodies by the ranges of nodes.
  walk(program, node => {
    node.range = [node.start, node.end]
  })
  // As a module, because a cell may import.
  const { globalScope } = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2025,
    sourceType: 'module',
  })
  const moduleScope = globalScope?.childScopes[0]
  if (!globalScope || !moduleScope) throw new Error('eslint-scope found no module.')
  const declares = moduleScope.variables.map(({ name }) => name)
  const assigns = new Set<string>()
  const uses = new Map<string, 'now' | 'later'>()
  for (const reference of globalScope.through) {
    const { name } = reference.identifier as { name: string }
    if (reference.isWrite()) assigns.add(name)
    const inFunction = (reference.from as Scope).variableScope !== moduleScope
    if (uses.get(name) !== 'now') uses.set(name, inFunction ? 'later' : 'now')
  }
  return {
    declares,
    assigns: [...assigns],
    uses: [...uses.keys()],
    usesLater: [...uses].flatMap(([name, when]) => (when === 'later' ? name : [])),
    controls: controlNames(program),
    code,
  }
}

/** The variables whose initial value is a call of `….controls(…)` or `….interact(…)`. */
function controlNames(program: Program): string[] {
  return program.body.flatMap(statement => {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (node?.type !== 'VariableDeclaration') return []
    return node.declarations.flatMap(({ id, init }) => (id.type === 'Identifier' && callsControls(init) ? id.name : []))
  })
}

function callsControls(init: AnyNode | null | undefined): boolean {
  if (init?.type !== 'CallExpression' || init.callee.type !== 'MemberExpression') return false
  const { property } = init.callee
  return property.type === 'Identifier' && CONTROL_METHODS.has(property.name)
}

/** A hash of the tree without positions. */
function codeOf(program: Program): string {
  const tree = JSON.stringify(program, (key, value) => {
    // A literal has its text in `raw`, also where its value has no JSON.
    const isLiteral = key === 'value' && typeof value !== 'object'
    return key === 'start' || key === 'end' || isLiteral ? undefined : value
  })
  return createHash('sha256').update(tree).digest('base64')
}
