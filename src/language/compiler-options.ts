/** How TypeScript reads cells. */
import type ts from '@typescript/typescript6'
import type { TypeScript } from './scan-cell.ts'
import type { Declarations } from './service-files.ts'

/**
 * A cell is a module for Node, without the browser's globals. Strict, so that a hover shows what may be undefined; but not where
 * strictness only asks for annotations.
 */
export function compilerOptions(typescript: TypeScript, { types, modules }: Declarations): ts.CompilerOptions {
  const { ScriptTarget, ModuleKind, ModuleResolutionKind, ModuleDetectionKind } = typescript
  return {
    target: ScriptTarget.ESNext,
    lib: ['lib.esnext.d.ts'],
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.Bundler,
    moduleDetection: ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    allowJs: true,
    resolveJsonModule: true,
    strict: true,
    strictPropertyInitialization: false,
    useUnknownInCatchVariables: false,
    noImplicitThis: false,
    skipLibCheck: true,
    noEmit: true,
    typeRoots: [types],
    types: ['node'],
    paths: Object.fromEntries(Object.entries(modules).map(([specifier, path]) => [specifier, [path]])),
  }
}
