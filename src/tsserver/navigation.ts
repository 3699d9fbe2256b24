/** References and renames, which cross the cells of a notebook. */
import type ts from '@typescript/typescript6'
import type { CellModule } from '../language/cell-modules.ts'
import type { CellView } from './cell-view.ts'

/** As TypeScript groups them, but without the imports that tie modules together. */
export function cellReferences(view: CellView, position: number): ts.ReferencedSymbol[] | undefined {
  const groups = view.service.findReferences(view.file, view.toModuleOffset(position))
  if (!groups) return undefined
  const moved = groups.map(({ definition, references }) => ({
    definition: view.toLocation(definition),
    references: view.toLocations(references) ?? [],
  }))
  // Each module that imports the name has a group of its own, defined in its header.
  const [main, ...others] = moved.filter(({ definition }) => definition !== undefined)
  const imported = moved.flatMap(({ definition, references }) => (definition === undefined ? references : []))
  if (!main) return []
  return [{ ...main, references: [...main.references, ...imported] }, ...others].map(({ definition, references }) => ({
    definition: definition!,
    references: inOrder(view, references),
  }))
}

type RenameArguments = [findInStrings: boolean, findInComments: boolean, preferences: ts.UserPreferences]

/**
 * Every place of a name in the notebook. TypeScript alone would give the name another one where a cell imports it.
 */
export function cellRenames(view: CellView, position: number, args: RenameArguments): ts.RenameLocation[] | undefined {
  const [inStrings, inComments, preferences] = args
  const find = (cell: CellModule, offset: number, options: ts.UserPreferences) =>
    view.service.findRenameLocations(view.notebook.fileName(cell.id), offset, inStrings, inComments, options) ?? []
  const local = { ...preferences, providePrefixAndSuffixTextForRename: true }
  const first = view.service.findRenameLocations(view.file, view.toModuleOffset(position), inStrings, inComments, local)
  if (!first) return undefined
  const name = sharedName(view, first)
  if (name === undefined) return view.toLocations(first)
  const provider = view.notebook.module(view.cell.imports.get(name)?.from ?? view.cell.id)
  const declared = provider?.scan.declared.get(name)
  if (!provider || !declared) return view.toLocations(first)
  // The name is in a query, which the server cannot change.
  if (view.fileOf(provider.id) === undefined) return []
  const all = [...find(provider, provider.header.length + declared.start, preferences)]
  for (const id of view.notebook.ids) {
    const cell = view.notebook.module(id)
    const imported = cell?.imports.get(name)
    if (cell && imported?.from === provider.id) all.push(...find(cell, imported.start, local))
  }
  return inOrder(view, unique(view.toLocations(all) ?? []))
}

/** The name, if it is one that a header imports or exports. */
function sharedName({ file, cell }: CellView, locations: readonly ts.RenameLocation[]): string | undefined {
  const inHeader = locations.find(({ fileName, textSpan }) => fileName === file && textSpan.start < cell.header.length)
  if (!inHeader) return undefined
  const { start, length } = inHeader.textSpan
  return cell.header.slice(start, start + length)
}

function unique(locations: readonly ts.RenameLocation[]): ts.RenameLocation[] {
  return [...new Map(locations.map(item => [`${item.fileName}:${item.textSpan.start}`, item])).values()]
}

/** In the order of the cells, then those in other files. */
function inOrder<T extends ts.DocumentSpan>({ notebook, fileOf }: CellView, locations: readonly T[]): T[] {
  const ranks = new Map(notebook.ids.map((id, index) => [fileOf(id), index]))
  const rank = ({ fileName }: T) => ranks.get(fileName) ?? ranks.size
  return [...locations].sort((a, b) => rank(a) - rank(b) || a.textSpan.start - b.textSpan.start)
}
