/**
 * Rewrites `import` and `export`, which the V8 console evaluation does not take. In a cell a static import declares
 * variables of what the kernel's own import function gives: they hold the value of that moment and are no live bindings. In the notebook's own modules the statements stay and only the addresses change.
 */
import type { AnyNode, ExportNamedDeclaration, Identifier, ImportDeclaration, Literal, Program } from 'acorn'
import { type Edit, keepLines } from './edits.ts'
import { walk } from './syntax.ts'

/** The one global that rewritten code calls; see {@link Bridge} in `bridge.ts`. */
export const BRIDGE = '__liqnb__'

/** The statement that binds what an import declaration names, as one line of JavaScript. */
export function importStatement(node: ImportDeclaration, usedNames: ReadonlySet<string>): string {
  const specifier = JSON.stringify(String(node.source.value))
  let namespace: string | null = null
  const bindings: string[] = []
  const wanted: { name: string; used: boolean }[] = []
  for (const item of node.specifiers) {
    if (item.type === 'ImportNamespaceSpecifier') {
      namespace = item.local.name
      continue
    }
    const name = item.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(item.imported)
    bindings.push(`${JSON.stringify(name)}: ${item.local.name}`)
    wanted.push({ name, used: usedNames.has(item.local.name) })
  }
  const call = `await ${BRIDGE}.importStatic(${specifier}, ${JSON.stringify(wanted)})`
  if (namespace === null) return bindings.length === 0 ? `${call};` : `let { ${bindings.join(', ')} } = ${call};`
  if (bindings.length === 0) return `let ${namespace} = ${call};`
  return `let ${namespace} = ${call}, { ${bindings.join(', ')} } = ${namespace};`
}

/** Edits that turn `import(…)` and `import.meta` into calls of the bridge; `from` is the module's path, if it is one. */
export function dynamicImportEdits(program: Program, from?: string): Edit[] {
  const edits: Edit[] = []
  const origin = from === undefined ? '' : JSON.stringify(from)
  walk(program, node => {
    if (node.type === 'ImportExpression') {
      // `import(x)` → `bridge.import(x)`, or with the importing module first: `bridge.importFrom("/a.ts")(x)`.
      const callee = from === undefined ? `globalThis.${BRIDGE}.import` : `globalThis.${BRIDGE}.importFrom(${origin})`
      edits.push({ start: node.start, end: node.start + 'import'.length, text: callee })
    } else if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      edits.push({ start: node.start, end: node.end, text: `globalThis.${BRIDGE}.meta(${origin})` })
    }
  })
  return edits
}

/** The edits that make a top-level `export …` of a cell the plain statement behind it. */
export function exportEdits(node: AnyNode, code: string): Edit[] {
  const replace = (text: string): Edit[] => [
    { start: node.start, end: node.end, text: keepLines(code.slice(node.start, node.end), text) },
  ]
  if (node.type === 'ExportAllDeclaration') return replace(reExport(node.source))
  if (node.type === 'ExportNamedDeclaration') {
    if (node.declaration) return [spaces(node.start, node.declaration.start, code)]
    return replace(node.source ? reExport(node.source) : ';')
  }
  if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node
    if ('id' in declaration && declaration.id && declaration.type !== 'FunctionExpression') {
      return [spaces(node.start, declaration.start, code)]
    }
    const head = spaces(node.start, declaration.start, code)
    head.text = `${head.text.slice(0, -1)}(`
    return [head, { start: declaration.end, end: declaration.end, text: ')' }]
  }
  return []
}

/** The specifier literals of static imports and re-exports of a module. */
export function staticSources(program: Program): Literal[] {
  const sources: Literal[] = []
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') sources.push(node.source)
    else if (node.type === 'ExportNamedDeclaration' && node.source) sources.push(node.source)
  }
  return sources
}

/** Whether a file is an ES module by its text: a top-level import, export, `import.meta` or `await`. */
export function looksLikeModule(program: Program): boolean {
  if (program.body.some(node => /^(Import|Export)/.test(node.type))) return true
  let found = false
  walk(program, node => {
    if (node.type === 'MetaProperty' && node.meta.name === 'import') found = true
  })
  return found
}

function reExport(source: ExportNamedDeclaration['source'] & {}): string {
  return `await ${BRIDGE}.importStatic(${JSON.stringify(String(source.value))}, []);`
}

function spaces(start: number, end: number, code: string): Edit {
  return { start, end, text: code.slice(start, end).replace(/[^\r\n]/g, ' ') }
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}
