/** The names under which VS Code's TypeScript extension tells the server of the cells of a notebook. Pure. */

export interface CellFile {
  /** Tells notebooks apart. */
  notebook: string
  /** The path of the notebook, as far as it is a file. */
  path: string
  /** Sorts the cells of a notebook in the order in which they were made: that of the file, once it is opened. */
  order: string
}

/** `^/SCHEME/AUTHORITY/PATH#FRAGMENT`; the fragment is a cell's number, then `s`, then the scheme of the notebook as base64. */
const CELL = /^\^\/vscode-notebook-cell\/([^/]+)(\/[^#]*\.liqnb)#([^s]+)(.*)$/

/** Undefined where the file is no cell of a Liqnb notebook. */
export function parseCellFile(fileName: string): CellFile | undefined {
  const match = CELL.exec(fileName)
  if (match === null) return undefined
  const [, authority, path, order, scheme] = match as unknown as [string, string, string, string, string]
  // The drive of a Windows path comes behind a slash.
  return { notebook: `${authority}${path}${scheme}`, path: path.replace(/^\/(?=[a-z]:)/i, ''), order }
}
