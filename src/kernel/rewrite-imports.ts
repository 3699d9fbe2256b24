/**
 * Rewrites `import` and `export`, which V8's console evaluation does not accept. In a cell, a static import becomes
 * variables or globals set by the kernel's own import function (see imported-names.ts). In the
 * notebook's own modules the statements stay and only the specifiers change.
 */
import type { AnyNode, ExportNamedDeclaration, Identifier, ImportDeclaration, Literal, Program } from 'acorn'
import type MagicString from 'magic-string'
import { BRIDGE, type RequestedExport } from './bridge.ts'
import { blank, keepLines } from './padding.ts'
import { walk } from './syntax.ts'

/** The names that a declaration imports; `exported` is null for the namespace itself. */
export function importedItems(node: ImportDeclaration): { exported: string | null; local: string }[] {
  return node.specifiers.map(item => {
    const { name: local } = item.local
    if (item.type === 'ImportNamespaceSpecifier') return { exported: null, local }
    return { exported: item.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(item.imported), local }
  })
}

/**
 * The statement that binds the names of an import declaration, as one line of JavaScript.
 * @param liveNames the globals that hold live bindings, by local name; other names become variables with the current values
 */
export function importStatement(
  node: ImportDeclaration,
  usedNames: ReadonlySet<string>,
  liveNames: ReadonlyMap<string, string>,
): string {
  const specifier = JSON.stringify(String(node.source.value))
  let namespace: string | null = null
  const bindings: string[] = []
  const copies: string[] = []
  const requested: RequestedExport[] = []
  for (const { exported, local } of importedItems(node)) {
    if (exported === null) {
      namespace = local
      continue
    }
    const live = liveNames.get(local)
    if (live === undefined) bindings.push(`${JSON.stringify(exported)}: ${local}`)
    // Functions of earlier cells know the name as a variable.
    else if (live !== local) copies.push(`${local} = ${live}`)
    requested.push({ name: exported, used: usedNames.has(local), ...(live === undefined ? {} : { live }) })
  }
  const call = `await ${BRIDGE}.importStatic(${specifier}, ${JSON.stringify(requested)}${attributes(node)})`
  const declarations: string[] = []
  if (namespace !== null) declarations.push(`${namespace} = ${call}`)
  if (bindings.length > 0) declarations.push(`{ ${bindings.join(', ')} } = ${namespace ?? call}`)
  if (declarations.length === 0) return `${call};${copies.length > 0 ? ` let ${copies.join(', ')};` : ''}`
  return `let ${[...declarations, ...copies].join(', ')};`
}

/** The import attributes as a last argument. */
function attributes({ attributes }: ImportDeclaration): string {
  if (attributes.length === 0) return ''
  const entries = attributes.map(({ key, value }) => [nameOf(key), String(value.value)])
  return `, ${JSON.stringify(Object.fromEntries(entries))}`
}

/**
 * Turns `import(…)` and `import.meta` into calls of the bridge.
 * @param modulePath path of the module; absent for a cell
 */
export function rewriteDynamicImports(script: MagicString, program: Program, modulePath?: string): void {
  const path = modulePath === undefined ? '' : JSON.stringify(modulePath)
  // `import(x)` → `bridge.import(x)`, or with the importing module first: `bridge.importFrom("/a.ts")(x)`.
  const callee = modulePath === undefined ? `${BRIDGE}.import` : `${BRIDGE}.importFrom(${path})`
  walk(program, node => {
    if (node.type === 'ImportExpression') {
      script.overwrite(node.start, node.start + 'import'.length, callee)
    } else if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      script.overwrite(node.start, node.end, `${BRIDGE}.meta(${path})`)
    }
  })
}

/** Reduces a top-level `export …` of a cell to the plain statement in it. Other nodes stay. */
export function removeExport(script: MagicString, node: AnyNode): void {
  const original = (start: number, end: number) => script.original.slice(start, end)
  const replaceNode = (text: string) =>
    script.overwrite(node.start, node.end, keepLines(original(node.start, node.end), text))
  const blankUntil = (end: number) => script.overwrite(node.start, end, blank(original(node.start, end)))

  if (node.type === 'ExportAllDeclaration') replaceNode(reExport(node.source))
  else if (node.type === 'ExportNamedDeclaration') {
    if (node.declaration) blankUntil(node.declaration.start)
    else replaceNode(node.source ? reExport(node.source) : ';')
  } else if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node
    if ('id' in declaration && declaration.id && declaration.type !== 'FunctionExpression') {
      blankUntil(declaration.start)
      return
    }
    const head = blank(original(node.start, declaration.start))
    script.overwrite(node.start, declaration.start, `${head.slice(0, -1)}(`)
    script.appendLeft(declaration.end, ')')
  }
}

/** The specifier literals of a module's static imports and re-exports. */
export function staticSources(program: Program): Literal[] {
  const sources: Literal[] = []
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') sources.push(node.source)
    else if (node.type === 'ExportNamedDeclaration' && node.source) sources.push(node.source)
  }
  return sources
}

/** Whether the text of a file makes it an ES module: a top-level import or export, or `import.meta`. */
export function looksLikeModule(program: Program): boolean {
  if (program.body.some(node => /^(Import|Export)/.test(node.type))) return true
  let hasImportMeta = false
  walk(program, node => {
    if (node.type === 'MetaProperty' && node.meta.name === 'import') hasImportMeta = true
  })
  return hasImportMeta
}

function reExport(source: ExportNamedDeclaration['source'] & {}): string {
  return `await ${BRIDGE}.importStatic(${JSON.stringify(String(source.value))}, []);`
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}
