/** Parses the file names that VS Code's TypeScript extension gives to the cells of a notebook. Pure. */

export interface CellFile {
  /** Identifies the notebook. */
  notebook: string
  /** The path of the notebook's file. */
  path: string
  /** Identifies the cell, and sorts the cells of a notebook by their creation, which for an opened file is the order in the file. */
  id: string
  /** As in the address of the cell. */
  fragment: string
}

/** `^/SCHEME/AUTHORITY/PATH#FRAGMENT`; the fragment is a cell's number, then `s`, then the scheme of the notebook as base64. */
const CELL = /^\^\/vscode-notebook-cell\/([^/]+)(\/[^#]*\.liqnb)#(([^s]+)(.*))$/

/** Undefined if the file is not a cell of a Liqnb notebook. */
export function parseCellFile(fileName: string): CellFile | undefined {
  const [, authority, path, fragment, id, scheme] = CELL.exec(fileName) ?? []
  if (path === undefined || id === undefined || fragment === undefined) return undefined
  return { notebook: `${authority}${path}${scheme}`, path: notebookPath(path), id, fragment }
}

/** The drive of a Windows path follows a slash in an address. */
export function notebookPath(path: string): string {
  return path.replace(/^\/(?=[a-z]:)/i, '')
}
