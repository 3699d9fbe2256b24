/** Parses the file names that VS Code's TypeScript extension gives to the cells of a notebook. Pure. */

export interface CellFile {
  /** Identifies the notebook. */
  notebook: string
  /** The path of the notebook's file. */
  path: string
  /** Sorts the cells of a notebook by their creation, which for an opened file is the order in the file. */
  order: string
}

/** `^/SCHEME/AUTHORITY/PATH#FRAGMENT`; the fragment is a cell's number, then `s`, then the scheme of the notebook as base64. */
const CELL = /^\^\/vscode-notebook-cell\/([^/]+)(\/[^#]*\.liqnb)#([^s]+)(.*)$/

/** Undefined if the file is not a cell of a Liqnb notebook. */
export function parseCellFile(fileName: string): CellFile | undefined {
  const [, authority, path, order, scheme] = CELL.exec(fileName) ?? []
  if (path === undefined || order === undefined) return undefined
  // The drive of a Windows path follows a slash.
  return { notebook: `${authority}${path}${scheme}`, path: path.replace(/^\/(?=[a-z]:)/i, ''), order }
}
