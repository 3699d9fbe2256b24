/** What is said of an import that TypeScript does not find. */

import type { CellDiagnostic } from './cell-diagnostic.ts'
import type { CellModule } from './cell-modules.ts'
import type { NotebookService } from './notebook-service.ts'

/** Modules that come with the kernel, without types. */
const UNTYPED = new Set(['ccxt', 'tslib'])

/**
 * A package that is not there is a warning that says how to get it, because whoever reads a notebook may have it on another
 * machine. Undefined for what the kernel finds nevertheless.
 */
export function describeMissingModule(
  diagnostic: CellDiagnostic,
  { text }: CellModule,
  { ts }: NotebookService,
): CellDiagnostic | undefined {
  const literal = text.slice(diagnostic.start, diagnostic.start + diagnostic.length)
  const specifier = /^(['"`])(.*)\1$/s.exec(literal)?.[2]
  if (specifier === undefined || UNTYPED.has(specifier) || /^(?:data|file):/.test(specifier)) return undefined
  if (/^(?:\.{0,2}\/|#|node:|[a-z]:[/\\])/i.test(specifier)) return diagnostic
  const other = /^([a-z][a-z\d+.-]+):/i.exec(specifier)?.[1]
  if (other !== undefined)
    return {
      ...diagnostic,
      messageText: `Cannot import '${specifier}': only files, packages, node: and data: addresses can be imported.`,
    }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  return {
    ...diagnostic,
    category: ts.DiagnosticCategory.Warning,
    messageText: `The package '${name}' is not installed in the notebook's folder or above it. To install it: npm install ${name}`,
  }
}
