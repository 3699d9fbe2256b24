/** The view of a notebook's variables: a tree by groups, whose parts are read when they are expanded. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import type { Variable, VariableGroup, VariableParts, VariablePath } from '../kernel/protocol.ts'
import type { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { variableDescription, variableLabel, variableTooltip } from './variable-text.ts'

export const VIEW_ID = 'liqnb.variables'
/** The context in which the view is shown. */
const CONTEXT = 'liqnb.hasNotebook'
/** Cells that end one after the other cause one refresh. */
const REFRESH_MS = 150

const GROUPS: readonly { group: VariableGroup; label: string }[] = [
  { group: 'tables', label: 'Tables' },
  { group: 'markets', label: 'Markets' },
  { group: 'maps', label: 'Maps' },
  { group: 'other', label: 'Other' },
]

/** A variable, or a part of the value of one. */
export interface VariableNode {
  kind: 'variable'
  notebook: vscode.NotebookDocument
  variable: Variable
  path: VariablePath
  /** What a cell writes to get the value. */
  expression: string
}
type Node =
  | { kind: 'group'; group: VariableGroup; label: string; variables: readonly VariableNode[] }
  | VariableNode
  | { kind: 'more'; parent: VariableNode; start: number; count: number }
  | { kind: 'problem'; text: string }

export class VariablesView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #kernels: Kernels
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #tree: vscode.TreeView<Node>
  readonly #subscriptions: vscode.Disposable
  #notebook: vscode.NotebookDocument | undefined
  #variables: readonly VariableNode[] = []
  #timer: NodeJS.Timeout | undefined
  /** Counts the lists that were asked for, so that a late one is dropped. */
  #asked = 0

  constructor(kernels: Kernels) {
    this.#kernels = kernels
    this.#tree = vscode.window.createTreeView(VIEW_ID, { treeDataProvider: this, showCollapseAll: true })
    const refreshOf = (notebook: vscode.NotebookDocument) => notebook === this.#notebook && this.refresh()
    this.#subscriptions = vscode.Disposable.from(
      this.#tree,
      this.#changed,
      this.#tree.onDidChangeVisibility(() => this.refresh()),
      kernels.onDidEndRun(refreshOf),
      kernels.onDidChangeState(refreshOf),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.#follow()),
      vscode.workspace.onDidOpenNotebookDocument(() => this.#follow()),
      vscode.workspace.onDidCloseNotebookDocument(() => this.#follow()),
    )
    this.#follow()
  }

  /** The variable that is selected in the view. */
  get selected(): VariableNode | undefined {
    const [node] = this.#tree.selection
    return node?.kind === 'variable' ? node : undefined
  }

  /** Reads the variables again, soon. */
  refresh(): void {
    if (!this.#tree.visible) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#read()
    }, REFRESH_MS)
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node)
      case 'variable':
        return variableItem(node)
      case 'more': {
        const item = new vscode.TreeItem(
          `${(node.count - node.start).toLocaleString('en-US')} more…`,
          vscode.TreeItemCollapsibleState.Collapsed,
        )
        item.id = `${nodeId(node.parent)} from ${node.start}`
        return item
      }
      case 'problem':
        return new vscode.TreeItem(node.text)
    }
  }

  getChildren(node?: Node): Node[] | Promise<Node[]> {
    if (node === undefined) return this.#groups()
    if (node.kind === 'group') return [...node.variables]
    if (node.kind === 'variable') return this.#parts(node, 0)
    return node.kind === 'more' ? this.#parts(node.parent, node.start) : []
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#subscriptions.dispose()
  }

  #groups(): Node[] {
    return GROUPS.flatMap(({ group, label }) => {
      const variables = this.#variables.filter(({ variable }) => variable.group === group)
      return variables.length === 0 ? [] : [{ kind: 'group', group, label, variables } as const]
    })
  }

  async #parts(parent: VariableNode, start: number): Promise<Node[]> {
    const { notebook, path, expression } = parent
    const session = this.#kernels.get(notebook)?.session
    const reply = await session?.inspect({ kind: 'parts', path, expression, start })
    if (!reply?.ok) return [{ kind: 'problem', text: reply?.error ?? 'The kernel is not running.' }]
    const { parts, count } = reply.value as VariableParts
    const nodes = parts.map(({ step, expression, ...variable }): VariableNode => {
      return { kind: 'variable', notebook, variable, expression, path: { ...path, steps: [...path.steps, step] } }
    })
    const next = start + parts.length
    return next < count && parts.length > 0 ? [...nodes, { kind: 'more', parent, start: next, count }] : nodes
  }

  /** The active notebook; another editor that becomes active changes nothing while the notebook is open. */
  #follow(): void {
    const isOwn = (notebook?: vscode.NotebookDocument) => notebook?.notebookType === NOTEBOOK_TYPE
    const open = vscode.workspace.notebookDocuments.filter(isOwn)
    const active = vscode.window.activeNotebookEditor?.notebook
    const last = this.#notebook !== undefined && open.includes(this.#notebook) ? this.#notebook : open[0]
    const next = isOwn(active) ? active : last
    void vscode.commands.executeCommand('setContext', CONTEXT, open.length > 0)
    if (next === this.#notebook) return
    this.#notebook = next
    this.#tree.description = next === undefined ? '' : basename(next.uri.path)
    this.#show([])
    this.refresh()
  }

  async #read(): Promise<void> {
    const notebook = this.#notebook
    const asked = ++this.#asked
    const session = notebook && this.#kernels.get(notebook)?.session
    const variables = session === undefined ? [] : await session.variables()
    // A busy kernel answers late: by then another notebook may be shown.
    if (asked !== this.#asked || notebook === undefined) return
    this.#show(
      variables.map(variable => {
        const path = { name: variable.name, steps: [] }
        return { kind: 'variable', notebook, variable, path, expression: variable.name }
      }),
    )
  }

  #show(variables: readonly VariableNode[]): void {
    this.#variables = variables
    this.#changed.fire()
  }
}

function groupItem({ group, label, variables }: Node & { kind: 'group' }): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = group
  item.description = String(variables.length)
  item.contextValue = 'group'
  item.accessibilityInformation = { label: `${label}, ${variables.length}` }
  return item
}

function variableItem(node: VariableNode): vscode.TreeItem {
  const { variable } = node
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(variable.name, variable.hasParts ? Collapsed : None)
  item.id = nodeId(node)
  item.description = variableDescription(variable)
  item.tooltip = variableTooltip(variable)
  item.iconPath = new vscode.ThemeIcon(iconOf(variable))
  item.contextValue = variable.canOpen ? 'table' : 'value'
  item.accessibilityInformation = { label: variableLabel(variable) }
  if (variable.group === 'tables' || variable.group === 'markets')
    item.command = { command: 'liqnb.openVariable', title: 'Open in Table Viewer', arguments: [node] }
  return item
}

const nodeId = ({ notebook, path }: VariableNode) => JSON.stringify([notebook.uri.toString(), path])

function iconOf({ group, type }: Variable): string {
  if (group !== 'other') return { tables: 'table', markets: 'graph-line', maps: 'flame' }[group]
  if (/^(?:function|class)$/.test(type)) return type === 'class' ? 'symbol-class' : 'symbol-method'
  if (type === 'string') return 'symbol-string'
  if (type === 'number' || type === 'bigint') return 'symbol-number'
  if (type === 'boolean') return 'symbol-boolean'
  return /Array\(/.test(type) ? 'symbol-array' : 'symbol-object'
}
