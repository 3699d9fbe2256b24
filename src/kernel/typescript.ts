/**
 * TypeScript's own compiler. It does everything the language has, but takes a quarter of a second to load and milliseconds a
 * cell, so it compiles only what the fast compiler (see syntax.ts) cannot, and is loaded when that first happens.
 */
import { SourceMap } from 'node:module'
import type ts from '@typescript/typescript6'
import { BRIDGE } from './bridge.ts'

/** JavaScript whose lines are not those of the source. */
export interface Transpiled {
  code: string
  /** The position in the source for a position in `code` (both from 1). */
  toSource(line: number, column: number): Position
}

export interface Position {
  line: number
  column: number
}

/** What TypeScript makes of a source: JavaScript, or its first syntax error. */
export type Transpilation = { ok: true; result: Transpiled } | { ok: false; message: string; position: Position }

/** Only TypeScript's compiler can compile this source, and it is not loaded yet: see load-typescript.ts. */
export class TypeScriptNotLoaded extends Error {}

let compiler: typeof ts | null = null

/** Call when the compiler is loaded. */
export function useCompiler(typescript: typeof ts): void {
  compiler = typescript
}

/**
 * Compiles a module.
 * @param keepUnusedImports keeps every import that is not `import type`
 * @throws TypeScriptNotLoaded
 */
export function transpile(source: string, keepUnusedImports: boolean): Transpilation {
  if (compiler === null) throw new TypeScriptNotLoaded()
  const { outputText, sourceMapText, diagnostics } = compiler.transpileModule(source, {
    fileName: 'cell.ts',
    reportDiagnostics: true,
    compilerOptions: {
      target: compiler.ScriptTarget.ES2022,
      module: compiler.ModuleKind.Preserve,
      moduleDetection: compiler.ModuleDetectionKind.Force,
      isolatedModules: true,
      verbatimModuleSyntax: keepUnusedImports,
      noEmitHelpers: true,
      sourceMap: true,
    },
    transformers: { before: [toEsModule(compiler)] },
  })
  const [problem] = diagnostics ?? []
  if (problem) {
    const message = compiler.flattenDiagnosticMessageText(problem.messageText, ' ').replace(/\.$/, '')
    return { ok: false, message, position: positionAt(source, problem.start ?? 0) }
  }
  const code = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
  let map: SourceMap | undefined
  const toSource = (line: number, column: number): Position => {
    map ??= new SourceMap(JSON.parse(sourceMapText ?? '{}'))
    const origin = map.findOrigin(line, column)
    return 'lineNumber' in origin ? { line: origin.lineNumber, column: origin.columnNumber } : { line: 1, column: 1 }
  }
  return { ok: true, result: { code, toSource } }
}

/** Whether a source ends in an expression. @throws TypeScriptNotLoaded */
export function endsInExpression(source: string): boolean {
  if (compiler === null) throw new TypeScriptNotLoaded()
  const last = compiler.createSourceFile('cell.ts', source, compiler.ScriptTarget.Latest).statements.at(-1)
  return last !== undefined && (compiler.isExpressionStatement(last) || compiler.isExportAssignment(last))
}

/** `export = x` as a default export, and `import x = require('m')` as an import: V8 runs ES modules. */
function toEsModule(typescript: typeof ts): ts.TransformerFactory<ts.SourceFile> {
  const { factory } = typescript
  const toStatements = (statement: ts.Statement): ts.Statement[] => {
    if (typescript.isExportAssignment(statement)) return [factory.createExportDefault(statement.expression)]
    if (
      !typescript.isImportEqualsDeclaration(statement) ||
      statement.isTypeOnly ||
      !typescript.isExternalModuleReference(statement.moduleReference)
    ) {
      return [statement]
    }
    const { name, moduleReference } = statement
    const namespace = factory.createIdentifier(`__required_${name.text}`)
    const clause = factory.createImportClause(undefined, undefined, factory.createNamespaceImport(namespace))
    const value = factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier(BRIDGE), 'required'),
      undefined,
      [namespace],
    )
    const declaration = factory.createVariableDeclaration(name, undefined, undefined, value)
    return [
      factory.createImportDeclaration(undefined, clause, moduleReference.expression),
      factory.createVariableStatement(
        statement.modifiers,
        factory.createVariableDeclarationList([declaration], typescript.NodeFlags.Const),
      ),
    ].map(created => typescript.setTextRange(created, statement))
  }
  return () => file =>
    factory.updateSourceFile(
      file,
      typescript.setTextRange(factory.createNodeArray(file.statements.flatMap(toStatements)), file.statements),
    )
}

function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
