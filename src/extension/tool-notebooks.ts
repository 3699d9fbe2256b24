/** The notebooks that language-model tools may name: those that are open, and those in the folders of the workspace. */
import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import * as vscode from 'vscode'
import { DataError, quoteValue } from '../common/errors.ts'
import { checkFileSize, parseNotebook } from '../notebook/parse.ts'
import type { Notebook } from '../notebook/types.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { fromViewOutput } from './outputs.ts'
import { documentOf } from './serializer.ts'

const MAX_NOTEBOOKS = 1000

/** A notebook by the name that tools use: its path in the workspace, or its address where it has none. */
export interface NamedNotebook {
  name: string
  uri: vscode.Uri
}

export async function namedNotebooks(): Promise<NamedNotebook[]> {
  const files = await vscode.workspace.findFiles('**/*.{liqnb,ipynb}', '**/node_modules/**', MAX_NOTEBOOKS)
  const inside = await Promise.all(files.map(async uri => ((await isInWorkspace(uri)) ? [uri] : [])))
  const open = vscode.workspace.notebookDocuments.filter(({ notebookType }) => notebookType === NOTEBOOK_TYPE)
  const uris = new Map([...inside.flat(), ...open.map(({ uri }) => uri)].map(uri => [uri.toString(), uri]))
  return [...uris.values()]
    .map(uri => ({ name: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A search follows links, which may lead out of the workspace. */
async function isInWorkspace(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri)
  if (folder === undefined || uri.scheme !== 'file') return folder !== undefined
  try {
    const way = relative(await realpath(folder.uri.fsPath), await realpath(uri.fsPath))
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  } catch {
    return false
  }
}

/** @throws DataError if there is no such notebook */
export async function findNamed(name: string): Promise<NamedNotebook> {
  const notebook = (await namedNotebooks()).find(named => named.name === name || named.uri.toString() === name)
  if (notebook !== undefined) return notebook
  throw new DataError(`notebook: there is no notebook ${quoteValue(name)} in the workspace, see list_notebooks`)
}

export function openDocument({ uri }: NamedNotebook): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(
    document => document.notebookType === NOTEBOOK_TYPE && document.uri.toString() === uri.toString(),
  )
}

/** The notebook as it is in the editor, else as it is in its file. */
export async function readNamed(named: NamedNotebook): Promise<Notebook> {
  const document = openDocument(named)
  if (document !== undefined) return liveNotebook(document)
  checkFileSize((await vscode.workspace.fs.stat(named.uri)).size)
  return parseNotebook(await vscode.workspace.fs.readFile(named.uri))
}

/** The notebook in the editor, with the channels of its outputs. */
export function liveNotebook(document: vscode.NotebookDocument): Notebook {
  const notebook = documentOf(document)
  const cells = notebook.cells.map((cell, index) =>
    cell.cell_type === 'code'
      ? { ...cell, outputs: document.cellAt(index).outputs.map(output => fromViewOutput(output, true)) }
      : cell,
  )
  return { ...notebook, cells }
}
