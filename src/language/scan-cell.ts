/** What a cell declares and mentions, from its syntax alone. Pure. */
import type ts from '@typescript/typescript6'

export type TypeScript = typeof ts

export interface Declaration {
  /** As TypeScript's `ScriptElementKind`: `const`, `let`, `var`, `function`, `class`, `interface`, `type`, `enum`, `module`, `alias`. */
  kind: ts.ScriptElementKind
  /** The offset of the name in the cell. */
  start: number
}

export interface CellScan {
  /** The names that the cell declares at its top level, for all cells. */
  declared: ReadonlyMap<string, Declaration>
  /** Those that its text exports under the same name. */
  exported: ReadonlySet<string>
  /** The names that it may use: every identifier but members and keys. */
  mentioned: ReadonlySet<string>
  /** The names that it puts on `globalThis`. */
  globals: ReadonlySet<string>
  hasSyntaxErrors: boolean
  /** Whether it starts with the comment `@ts-nocheck`. */
  isUnchecked: boolean
  /** The end of its last import; 0 without one. */
  importsEnd: number
}

const NO_CHECK = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/(?!\s*@ts-nocheck\b).*)*\/\/\s*@ts-nocheck\b/

/** Names that Node has on `globalThis`, by what a cell calls it. */
const GLOBAL_OBJECTS = new Set(['globalThis', 'global'])

export function scanCell(ts: TypeScript, text: string): CellScan {
  // As a module, because `await` is a keyword only there.
  const file = ts.createSourceFile('cell.ts', `${text}\nexport {}`, ts.ScriptTarget.ESNext)
  const names = new DeclaredNames(ts, file)
  const mentions = new Mentions(ts)
  for (const statement of file.statements) {
    names.visit(statement)
    mentions.visit(statement)
  }
  // Not in the published types, but in all versions.
  const { parseDiagnostics = [] } = file as { parseDiagnostics?: readonly unknown[] }
  return {
    declared: names.declared,
    exported: names.exported,
    mentioned: mentions.names,
    globals: mentions.globals,
    hasSyntaxErrors: parseDiagnostics.length > 0,
    isUnchecked: NO_CHECK.test(text),
    importsEnd: names.importsEnd,
  }
}

class DeclaredNames {
  readonly declared = new Map<string, Declaration>()
  readonly exported = new Set<string>()
  importsEnd = 0
  readonly #ts: TypeScript
  readonly #file: ts.SourceFile

  constructor(typescript: TypeScript, file: ts.SourceFile) {
    this.#ts = typescript
    this.#file = file
  }

  /** @param statement at the top level */
  visit(statement: ts.Statement): void {
    const ts = this.#ts
    const before = new Set(this.declared.keys())
    if (ts.isVariableStatement(statement)) this.#addList(statement.declarationList)
    else if (ts.isFunctionDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.functionElement)
    else if (ts.isClassDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.classElement)
    else if (ts.isInterfaceDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.interfaceElement)
    else if (ts.isTypeAliasDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.typeElement)
    else if (ts.isEnumDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.enumElement)
    else if (ts.isModuleDeclaration(statement)) {
      // `declare global` augments, and declares nothing here.
      if (ts.isIdentifier(statement.name) && !(statement.flags & ts.NodeFlags.GlobalAugmentation))
        this.#add(statement.name, ts.ScriptElementKind.moduleElement)
    } else if (ts.isImportDeclaration(statement)) this.#addImport(statement)
    else if (ts.isImportEqualsDeclaration(statement)) this.#add(statement.name, ts.ScriptElementKind.alias)
    else if (ts.isExportDeclaration(statement)) this.#addExports(statement)
    else this.#addHoisted(statement)
    if (ts.canHaveModifiers(statement) && this.#isExported(statement))
      for (const name of this.declared.keys()) if (!before.has(name)) this.exported.add(name)
  }

  #isExported(statement: ts.Statement & ts.HasModifiers): boolean {
    const kinds = statement.modifiers?.map(({ kind }) => kind) ?? []
    return kinds.includes(this.#ts.SyntaxKind.ExportKeyword) && !kinds.includes(this.#ts.SyntaxKind.DefaultKeyword)
  }

  #add(name: ts.Identifier | undefined, kind: ts.ScriptElementKind): void {
    // A name that was left out while typing is empty.
    if (name === undefined || name.text === '' || this.declared.has(name.text)) return
    this.declared.set(name.text, { kind, start: name.getStart(this.#file) })
  }

  #addList(list: ts.VariableDeclarationList): void {
    const { NodeFlags, ScriptElementKind } = this.#ts
    const { Const, Let, BlockScoped } = NodeFlags
    const scope = list.flags & BlockScoped
    const constant = scope !== 0 && scope !== Let && (scope & Const) !== 0
    const kind = constant
      ? ScriptElementKind.constElement
      : scope === 0
        ? ScriptElementKind.variableElement
        : ScriptElementKind.letElement
    for (const { name } of list.declarations) this.#addBinding(name, kind)
  }

  #addBinding(name: ts.BindingName, kind: ts.ScriptElementKind): void {
    if (this.#ts.isIdentifier(name)) this.#add(name, kind)
    else
      for (const element of name.elements) if (this.#ts.isBindingElement(element)) this.#addBinding(element.name, kind)
  }

  #addImport(statement: ts.ImportDeclaration): void {
    this.importsEnd = statement.end
    const { alias } = this.#ts.ScriptElementKind
    const { importClause } = statement
    const bindings = importClause?.namedBindings
    this.#add(importClause?.name, alias)
    if (bindings === undefined) return
    if (this.#ts.isNamespaceImport(bindings)) this.#add(bindings.name, alias)
    else for (const { name } of bindings.elements) this.#add(name, alias)
  }

  #addExports({ exportClause }: ts.ExportDeclaration): void {
    if (exportClause === undefined) return
    if (this.#ts.isNamespaceExport(exportClause)) this.exported.add(exportClause.name.text)
    else for (const { name } of exportClause.elements) this.exported.add(name.text)
  }

  /** `var` in the blocks of a statement. */
  #addHoisted(node: ts.Node): void {
    const ts = this.#ts
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) this.#addList(node)
    ts.forEachChild(node, child => this.#addHoisted(child))
  }
}

class Mentions {
  readonly names = new Set<string>()
  readonly globals = new Set<string>()
  readonly #ts: TypeScript

  constructor(typescript: TypeScript) {
    this.#ts = typescript
  }

  readonly visit = (node: ts.Node): void => {
    const ts = this.#ts
    if (ts.isIdentifier(node)) {
      this.names.add(node.text)
      return
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      this.#addGlobal(this.#globalMember(node.left))
    if (ts.isCallExpression(node)) this.#addGlobals(node)
    // Names of members and keys are no uses, but computed ones contain some.
    const skipped = this.#memberName(node)
    ts.forEachChild(node, child => {
      if (child !== skipped) this.visit(child)
    })
  }

  #memberName(node: ts.Node): ts.Node | undefined {
    const ts = this.#ts
    if (ts.isQualifiedName(node)) return node.right
    const named =
      ts.isPropertyAccessExpression(node) ||
      ts.isPropertyAssignment(node) ||
      ts.isPropertySignature(node) ||
      ts.isMethodSignature(node) ||
      ts.isClassElement(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isEnumMember(node)
    return named && node.name !== undefined && ts.isIdentifier(node.name) ? node.name : undefined
  }

  #isGlobalObject(node: ts.Node | undefined): boolean {
    return node !== undefined && this.#ts.isIdentifier(node) && GLOBAL_OBJECTS.has(node.text)
  }

  /** The name in `globalThis.name` or `globalThis['name']`, also in parentheses and with `as any`. */
  #globalMember(node: ts.Expression): string | undefined {
    const ts = this.#ts
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined
    let object: ts.Expression = node.expression
    while (ts.isParenthesizedExpression(object) || ts.isAsExpression(object)) object = object.expression
    if (!this.#isGlobalObject(object)) return undefined
    if (ts.isPropertyAccessExpression(node)) return node.name.text
    return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined
  }

  /** `Object.assign(globalThis, { name })` and `Object.defineProperty(globalThis, 'name', …)`. */
  #addGlobals({ arguments: [target, ...others] }: ts.CallExpression): void {
    const ts = this.#ts
    if (!this.#isGlobalObject(target)) return
    for (const value of others) {
      if (ts.isStringLiteralLike(value)) this.#addGlobal(value.text)
      if (!ts.isObjectLiteralExpression(value)) continue
      for (const { name } of value.properties) if (name && ts.isIdentifier(name)) this.#addGlobal(name.text)
    }
  }

  #addGlobal(name: string | undefined): void {
    if (name !== undefined) this.globals.add(name)
  }
}
