/** Completion in the strings of cells: files, exchanges, symbols and timeframes. Asks no network, and starts no kernel. */
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as vscode from 'vscode'
import { storePath } from '../common/store-path.ts'
import { CODE_LANGUAGE } from './cells.ts'
import { commonSymbols, type StoredMarket, storedMarkets, TIMEFRAMES, VENUES } from './known-markets.ts'
import { notebookFolder } from './notebook-folder.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { DATA_FILE, escapeForString } from './relative-path.ts'
import { kernelEnvironment } from './settings.ts'
import { exchangeIn, type StringContext, stringContext } from './string-context.ts'

interface Suggestion {
  text: string
  detail?: string
  kind: vscode.CompletionItemKind
  command?: vscode.Command
  /** Shown instead of the text. */
  label?: string
}

export function registerStringCompletion(): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(
    { notebookType: NOTEBOOK_TYPE, language: CODE_LANGUAGE },
    { provideCompletionItems },
    "'",
    '"',
    '/',
  )
}

async function provideCompletionItems(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionList | undefined> {
  const context = stringContext(document.lineAt(position.line).text, position.character)
  const notebook = vscode.workspace.notebookDocuments.find(candidate =>
    candidate.getCells().some(cell => cell.document === document),
  )
  if (context === undefined || notebook === undefined) return undefined
  const suggestions = await suggest(context, document, notebook)
  const range = new vscode.Range(position.line, context.start, position.line, context.end)
  const items = suggestions.map(({ text, detail, kind, command, label }, index) => {
    const item = new vscode.CompletionItem(label ?? text, kind)
    item.insertText = escapeForString(text, context.quote)
    item.range = { inserting: range.with({ end: position }), replacing: range }
    item.filterText = label === undefined ? text : context.before
    item.sortText = String(index).padStart(4, '0')
    if (detail !== undefined) item.detail = detail
    if (command !== undefined) item.command = command
    return item
  })
  return new vscode.CompletionList(items, context.subject === 'file')
}

async function suggest(
  context: StringContext,
  document: vscode.TextDocument,
  notebook: vscode.NotebookDocument,
): Promise<Suggestion[]> {
  const kind = vscode.CompletionItemKind.Value
  switch (context.subject) {
    case 'timeframe':
      return TIMEFRAMES.map(text => ({ text, kind }))
    case 'exchange':
      return VENUES.map(({ id, name }) => ({ text: id, detail: name, kind }))
    case 'symbol': {
      const others = notebook.getCells().map(cell => cell.document.getText())
      const exchange = exchangeIn([document.getText(), ...others])
      const stored = (await readStored()).filter(market => exchange === undefined || market.exchange === exchange)
      const detail = new Map(stored.map(market => [market.symbol, `stored, ${market.exchange}`]))
      const symbols = new Set([...stored.map(({ symbol }) => symbol), ...commonSymbols(exchange)])
      return [...symbols].map(text => ({ text, kind, ...(detail.has(text) && { detail: detail.get(text)! }) }))
    }
    case 'file':
      return suggestFiles(context.before, document, notebook)
  }
}

/** The store that the kernel would use. */
async function readStored(): Promise<StoredMarket[]> {
  try {
    return await storedMarkets(storePath({ env: { ...process.env, ...kernelEnvironment() } }))
  } catch {
    return [] // The setting is no absolute path: the cell that loads a market will say so.
  }
}

/** What is in the folder that the text names so far, and the dialog. */
async function suggestFiles(
  before: string,
  document: vscode.TextDocument,
  notebook: vscode.NotebookDocument,
): Promise<Suggestion[]> {
  const choose: Suggestion = {
    text: before,
    label: 'Choose a file…',
    kind: vscode.CompletionItemKind.File,
    command: { command: 'liqnb.chooseFile', title: 'Choose a file…', arguments: [document.uri] },
  }
  const folder = notebookFolder(notebook)
  if (folder.scheme !== 'file') return [choose]
  const typed = before.slice(0, before.lastIndexOf('/') + 1)
  const entries = await readdir(resolve(folder.fsPath, typed), { withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => !entry.isDirectory() && DATA_FILE.test(entry.name))
  const folders = entries.filter(entry => entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name))
  const again = { command: 'editor.action.triggerSuggest', title: 'Go on in this folder' }
  return [
    ...files.map(({ name }) => ({ text: typed + name, kind: vscode.CompletionItemKind.File })),
    ...folders.map(({ name }) => ({
      text: `${typed}${name}/`,
      kind: vscode.CompletionItemKind.Folder,
      command: again,
    })),
    choose,
  ]
}
