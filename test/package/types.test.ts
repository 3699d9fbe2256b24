/** The types of the npm package: one file that names everything its functions take and return. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { describe, expect, inject, it } from 'vitest'

const text = readFileSync(join(inject('consumer'), 'node_modules/liqnb/dist/liqnb.d.ts'), 'utf8')
const file = ts.createSourceFile('liqnb.d.ts', text, ts.ScriptTarget.Latest, true)

/** Of the platform; the file declares them for projects that lack them. */
const PLATFORM = ['AbortSignal', 'ReadableStream', 'RequestInit', 'URL']

const declarations = new Map<string, ts.Node[]>()
const exported = new Map<string, string>()
for (const statement of file.statements) {
  if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
    for (const { name, propertyName } of statement.exportClause.elements)
      exported.set((propertyName ?? name).text, name.text)
  else if (ts.isVariableStatement(statement))
    for (const declaration of statement.declarationList.declarations) declare(declaration.name.getText(), declaration)
  else if ('name' in statement) declare((statement.name as ts.Identifier).text, statement)
}

function declare(name: string, node: ts.Node): void {
  declarations.set(name, [...(declarations.get(name) ?? []), node])
}

/** Names of the file's own declarations that a declaration refers to. */
function references(name: string): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text !== name && declarations.has(node.text)) names.add(node.text)
    ts.forEachChild(node, visit)
  }
  for (const node of declarations.get(name) ?? []) visit(node)
  return names
}

function reachable(from: Iterable<string>, except: ReadonlySet<string> = new Set()): Set<string> {
  const names = new Set<string>()
  const visit = (name: string): void => {
    if (names.has(name) || except.has(name)) return
    names.add(name)
    for (const reference of references(name)) visit(reference)
  }
  for (const name of from) visit(name)
  return names
}

const isType = (name: string) =>
  (declarations.get(name) ?? []).some(
    node => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node),
  )

describe('liqnb.d.ts', () => {
  const namespace = [...exported].filter(([, name]) => name === 'aq').map(([name]) => name)
  const arquero = reachable(namespace)

  it('imports nothing', () => {
    expect(file.statements.filter(ts.isImportDeclaration)).toEqual([])
    expect(text).not.toMatch(/\/\/\/ <reference|^[^*]*\bimport\(/m)
  })

  it('exports every type that a function takes or returns; Arquero’s are in aq', () => {
    const own = [...exported.keys()].filter(name => !namespace.includes(name))
    const types = [...reachable(own, arquero)].filter(isType)
    expect(types.length).toBeGreaterThan(100)
    expect(types.filter(name => !exported.has(name) && !PLATFORM.includes(name))).toEqual([])
  })
})
