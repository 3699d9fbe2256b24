/**
 * Which exports of a module never change once the module has run. A cell can hold their values in ordinary variables, which
 * are ten times as fast as a live binding.
 */
import type { Program } from 'acorn'
import { assignedIdentifiers, declaredNames } from './identifiers.ts'
import { walk } from './syntax.ts'

export interface ModuleExports {
  /** What each exported name is: a binding of the module that may change or not, or a name of another module. */
  names: ReadonlyMap<string, { constant: boolean } | { specifier: string; name: string }>
  /** The specifiers of `export * from`. */
  stars: readonly string[]
}

export function moduleExports(program: Program): ModuleExports {
  const assigned = assignedNames(program)
  const imported = new Map<string, { specifier: string; name: string }>()
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration') continue
    for (const item of node.specifiers) {
      const name = item.type === 'ImportSpecifier' ? nameOf(item.imported) : 'default'
      if (item.type !== 'ImportNamespaceSpecifier') {
        imported.set(item.local.name, { specifier: String(node.source.value), name })
      }
    }
  }
  const local = (name: string) => imported.get(name) ?? { constant: !assigned.has(name) }
  const names = new Map<string, { constant: boolean } | { specifier: string; name: string }>()
  const stars: string[] = []
  for (const node of program.body) {
    if (node.type === 'ExportAllDeclaration') {
      if (node.exported) names.set(nameOf(node.exported), { constant: true })
      else stars.push(String(node.source.value))
    } else if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node
      const isNamed = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
      names.set('default', isNamed && declaration.id ? local(declaration.id.name) : { constant: true })
    } else if (node.type === 'ExportNamedDeclaration') {
      const specifier = node.source ? String(node.source.value) : null
      for (const item of node.specifiers) {
        const name = nameOf(item.local)
        names.set(nameOf(item.exported), specifier === null ? local(name) : { specifier, name })
      }
      for (const name of declaredNames({ ...program, body: [node] })) names.set(name, local(name))
    }
  }
  return { names, stars }
}

/** The names that are assigned after their declaration, without the `E = {}` of a compiled enum or namespace. */
function assignedNames(program: Program): Set<string> {
  const merged = new Set<unknown>()
  walk(program, node => {
    if (node.type !== 'LogicalExpression' || node.operator !== '||' || node.left.type !== 'Identifier') return
    const { left, right } = node
    const target = right.type === 'AssignmentExpression' && right.left.type === 'Identifier' ? right.left : null
    if (target?.name === left.name) merged.add(target)
  })
  return new Set(assignedIdentifiers(program).flatMap(id => (merged.has(id) ? [] : [id.name])))
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.type === 'Identifier' ? String(node.name) : String(node.value)
}
