/** Exports a notebook. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as vscode from 'vscode'
import { writeAtomically } from '../common/atomic-file.ts'
import { localImages } from '../notebook/local-images.ts'
import { titleWithParameters } from '../notebook/page-title.ts'
import { notebookFolder } from './notebook-folder.ts'
import { documentOf } from './serializer.ts'
import { targetNotebook } from './target-notebook.ts'

/** Absolute paths of the parts of an exported page: the module with `exportHtml`, and the folder of the page's scripts. */
export interface PageParts {
  exporter: string
  scripts: string
}

export function registerNotebookCommands(parts: PageParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('liqnb.exportHtml', (target?: unknown) =>
      exportAsHtml(targetNotebook(target), parts),
    ),
  )
}

async function exportAsHtml(notebook: vscode.NotebookDocument | undefined, parts: PageParts): Promise<void> {
  if (notebook === undefined) {
    await vscode.window.showInformationMessage('Open a Liqnb notebook to export it.')
    return
  }
  const title = basename(notebook.uri.path, '.liqnb')
  const target = await vscode.window.showSaveDialog({
    title: 'Export as HTML',
    defaultUri: vscode.Uri.joinPath(notebookFolder(notebook), `${title}.html`),
    filters: { HTML: ['html'] },
  })
  if (target === undefined) return

  // A separate module, because loading its Markdown engine would dominate the extension's activation.
  const { exportHtml }: typeof import('../notebook/html.ts') = await import(pathToFileURL(parts.exporter).href)
  const readScript = (name: string) => readFileSync(join(parts.scripts, name), 'utf8')
  // A notebook that is not a file has no images beside it.
  const readImage = notebook.uri.scheme === 'file' ? { readImage: localImages(dirname(notebook.uri.fsPath)) } : {}
  const document = documentOf(notebook)
  const html = exportHtml(document, { title: titleWithParameters(document, title), readScript, ...readImage })
  if (target.scheme === 'file') await writeAtomically(target.fsPath, html)
  else await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(html))

  const open = 'Open in Browser'
  const done = `Exported ${basename(target.path)}: one file that works offline.`
  // With a remote extension host, the local browser cannot reach the file.
  const reachable = vscode.env.remoteName === undefined && target.scheme === 'file'
  const answer = await vscode.window.showInformationMessage(done, ...(reachable ? [open] : []))
  if (answer === open) await vscode.env.openExternal(target)
}
