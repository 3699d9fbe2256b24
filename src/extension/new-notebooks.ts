/** New notebooks: from templates, and copies of the samples. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { fromJupyter } from '../notebook/from-ipynb.ts'
import { parseNotebook } from '../notebook/parse.ts'
import { findTemplate, notebookFrom, TEMPLATES, type Template } from '../notebook/templates.ts'
import type { Notebook } from '../notebook/types.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { toNotebookData } from './serializer.ts'

interface Sample {
  file: string
  label: string
  detail: string
}

/** In the order of the README. */
const SAMPLES: readonly Sample[] = [
  { file: 'quickstart', label: 'Quickstart', detail: 'From candles to a heatmap to a backtest, in a minute' },
  {
    file: 'heatmap',
    label: 'Heatmap',
    detail: 'A map assumption by assumption, and its score against recorded liquidations',
  },
  { file: 'data', label: 'Data', detail: 'Exchanges, the store, longer bars, and a market with a known book' },
  { file: 'sfp', label: 'SFP', detail: 'Sweep and reverse in parts: signals, near misses, exits, placebos, luck' },
  { file: 'claims', label: 'Claims', detail: 'Six claims about clusters, each with a test' },
  { file: 'positions', label: 'Positions', detail: 'An estimate held against observed positions' },
]

/** A file of data beside a sample, which cells name. */
const SAMPLE_DATA = 'positions-synthetic.jsonl.gz'

/** @param samples the folder of the samples in the installed extension */
export function registerNewNotebooks(samples: vscode.Uri): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('liqnb.newNotebook', (name?: unknown) => openFromTemplate(name)),
    vscode.commands.registerCommand('liqnb.convertNotebook', (file?: unknown) => openConverted(file)),
    vscode.commands.registerCommand('liqnb.openSample', (name?: unknown) => openSample(samples, name)),
  )
}

/** @param name of the template. Default: the user chooses. */
async function openFromTemplate(name: unknown): Promise<void> {
  const named = typeof name === 'string' ? findTemplate(name) : undefined
  if (named !== undefined) return show(notebookFrom(named))
  const items: (vscode.QuickPickItem & { template?: Template })[] = [
    ...TEMPLATES.map(template => ({ label: template.title, detail: template.description, template })),
    { label: 'Empty Notebook', detail: 'One empty cell' },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    title: 'New Liqnb Notebook',
    placeHolder: 'What the notebook starts with',
    matchOnDetail: true,
  })
  if (picked !== undefined) await show(notebookFrom(picked.template))
}

/** Opens a Jupyter notebook as an untitled one; its file stays. @param file Default: the user chooses. */
async function openConverted(file: unknown): Promise<void> {
  const [uri] =
    file instanceof vscode.Uri
      ? [file]
      : ((await vscode.window.showOpenDialog({
          title: 'Convert a Jupyter Notebook',
          filters: { 'Jupyter Notebook': ['ipynb'] },
        })) ?? [])
  if (uri === undefined) return
  try {
    const { notebook, summary } = fromJupyter(parseNotebook(await vscode.workspace.fs.readFile(uri)))
    await show(notebook)
    await vscode.window.showInformationMessage(`Converted ${basename(uri.path)}: ${summary}.`)
  } catch (error) {
    await vscode.window.showErrorMessage(`${basename(uri.path)} cannot be converted: ${(error as Error).message}`)
  }
}

/** Opens an untitled copy, so that the installed file is never changed. */
async function openSample(folder: vscode.Uri, name: unknown): Promise<void> {
  const sample =
    SAMPLES.find(({ file }) => file === name) ??
    (await vscode.window.showQuickPick(SAMPLES, {
      title: 'Open Sample',
      placeHolder: 'A copy opens; each runs on a synthetic market, without a network',
      matchOnDetail: true,
    }))
  if (sample === undefined) return
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, `${sample.file}.liqnb`))
  const notebook = parseNotebook(bytes)
  await show(withAbsoluteData(notebook, vscode.Uri.joinPath(folder, SAMPLE_DATA)))
  await offerTrust()
}

/** The copy is not beside its data, so its cells name the installed file. */
function withAbsoluteData(notebook: Notebook, data: vscode.Uri): Notebook {
  const cells = notebook.cells.map(cell =>
    cell.cell_type === 'code'
      ? { ...cell, source: cell.source.replaceAll(`'${SAMPLE_DATA}'`, () => JSON.stringify(data.fsPath)) }
      : cell,
  )
  return { ...notebook, cells }
}

async function show(notebook: Notebook): Promise<void> {
  const document = await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, toNotebookData(notebook))
  await vscode.window.showNotebookDocument(document)
}

async function offerTrust(): Promise<void> {
  if (vscode.workspace.isTrusted) return
  const trust = 'Manage Workspace Trust'
  const answer = await vscode.window.showInformationMessage(
    'The sample is open. Its cells run once this workspace is trusted.',
    trust,
  )
  if (answer === trust) await vscode.commands.executeCommand('workbench.trust.manage')
}
