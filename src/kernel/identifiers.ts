/** Which names the code of a cell or a module binds and assigns, and their renaming. */
import type { AnyNode, Identifier, Pattern, Program } from 'acorn'
import type MagicString from 'magic-string'
import { children, walk } from './syntax.ts'

/** The identifiers in a pattern; an assignment to a member of an object has none. */
function patternIdentifiers(pattern: Pattern | null): Identifier[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern]
    case 'ObjectPattern':
      return pattern.properties.flatMap(item => patternIdentifiers(item.type === 'Property' ? item.value : item))
    case 'ArrayPattern':
      return pattern.elements.flatMap(patternIdentifiers)
    case 'AssignmentPattern':
      return patternIdentifiers(pattern.left)
    case 'RestElement':
      return patternIdentifiers(pattern.argument)
    default:
      return []
  }
}

/** The names that the top level declares, without imports. */
export function declaredNames(program: Program): string[] {
  return program.body.flatMap(statement => {
    const node =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement
    if (node?.type === 'VariableDeclaration') {
      return node.declarations.flatMap(({ id }) => patternIdentifiers(id)).map(({ name }) => name)
    }
    return (node?.type === 'FunctionDeclaration' || node?.type === 'ClassDeclaration') && node.id ? [node.id.name] : []
  })
}

/** Every name that a declaration or parameter binds, at any depth, without imports. */
export function boundNames(program: Program): Set<string> {
  const names = new Set<string>()
  const add = (pattern: Pattern | null | undefined) => {
    for (const { name } of patternIdentifiers(pattern ?? null)) names.add(name)
  }
  walk(program, node => {
    if (node.type === 'VariableDeclarator') add(node.id)
    else if (node.type === 'CatchClause') add(node.param)
    else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') add(node.id)
    else if ('params' in node) {
      if ('id' in node) add(node.id)
      node.params.forEach(add)
    }
  })
  return names
}

/** Every identifier that is assigned, other than by its declaration. */
export function assignedIdentifiers(program: Program): Identifier[] {
  const found: Identifier[] = []
  walk(program, node => {
    if (node.type === 'AssignmentExpression') found.push(...patternIdentifiers(node.left as Pattern))
    else if (node.type === 'UpdateExpression') found.push(...patternIdentifiers(node.argument as Pattern))
    else if (
      (node.type === 'ForInStatement' || node.type === 'ForOfStatement') &&
      node.left.type !== 'VariableDeclaration'
    ) {
      found.push(...patternIdentifiers(node.left))
    }
  })
  return found
}

/** Renames identifiers wherever they stand, bindings in inner scopes included, so that each still means the same. */
export function renameIdentifiers(script: MagicString, program: Program, newNames: ReadonlyMap<string, string>): void {
  const rename = (node: AnyNode | null | undefined): void => {
    if (!node) return
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ExportSpecifier':
      case 'MetaProperty':
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      case 'Identifier': {
        const newName = newNames.get(node.name)
        if (newName !== undefined) script.overwrite(node.start, node.end, newName)
        return
      }
      case 'MemberExpression':
        rename(node.object)
        if (node.computed) rename(node.property)
        return
      case 'LabeledStatement':
        rename(node.body)
        return
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) rename(node.key)
        rename(node.value)
        return
      case 'Property':
        if (node.computed) rename(node.key)
        if (node.shorthand && node.key.type === 'Identifier' && newNames.has(node.key.name)) {
          script.appendLeft(node.start, `${node.key.name}: `)
        }
        rename(node.value)
        return
      default:
        for (const child of children(node)) rename(child)
    }
  }
  rename(program)
}
