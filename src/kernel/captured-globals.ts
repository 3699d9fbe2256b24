/** The globals of the realm before the first cell, for the notebook's own modules: a cell's `const Math = 5` is visible there. */
import type { Program } from 'acorn'
import type { CellRealm } from './cell-realm.ts'
import { declaredNames } from './identifiers.ts'

/** A module that exports the globals (see kernel-build.mjs). */
export interface CapturedGlobals {
  url: string
  names: ReadonlySet<string>
}

export async function readCapturedGlobals(cells: CellRealm, url: string): Promise<CapturedGlobals> {
  return { url, names: new Set(Object.keys(await cells.importModule(url))) }
}

/** A statement that imports the globals which a module uses and does not declare; empty if there are none. */
export function globalsImport(code: string, program: Program, { url, names }: CapturedGlobals): string {
  const used = new Set(code.match(/[\p{ID_Continue}$]+/gu)?.filter(name => names.has(name)))
  for (const name of [...declaredNames(program), ...importedNames(program)]) used.delete(name)
  return used.size === 0 ? '' : `import { ${[...used].join(', ')} } from ${JSON.stringify(url)};`
}

function importedNames({ body }: Program): string[] {
  return body.flatMap(node => (node.type === 'ImportDeclaration' ? node.specifiers.map(({ local }) => local.name) : []))
}
