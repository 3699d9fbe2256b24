/** Tables of variables in tabs of their own, drawn as the notebook draws them. */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { JsonObject } from '../common/json.ts'
import type { ToExtension, ToRenderer } from '../kernel/messaging.ts'
import type { Session } from '../kernel/session.ts'
import { escapeHtml } from '../notebook/escape.ts'
import { exportText } from './export-text.ts'
import type { Kernels } from './kernels.ts'
import { messageProblem } from './message-schema.ts'
import type { VariableNode } from './variables-view.ts'
import { replyToWire } from './wire.ts'

const GONE = 'The kernel no longer holds this table: open it again from the variables.'

/** The open viewers, one for each variable. */
export class TableViewers implements vscode.Disposable {
  readonly #kernels: Kernels
  readonly #scripts: vscode.Uri
  readonly #viewers = new Map<string, TableViewer>()
  readonly #subscription: vscode.Disposable

  /** @param scripts the folder of the built renderers */
  constructor(kernels: Kernels, scripts: vscode.Uri) {
    this.#kernels = kernels
    this.#scripts = scripts
    this.#subscription = kernels.onDidChangeChannels(() => {
      for (const viewer of this.#viewers.values()) viewer.tellState()
    })
  }

  /** Shows the table as it is now. @throws Error if there is none */
  async open({ notebook, path, expression }: VariableNode): Promise<void> {
    const session = this.#kernels.get(notebook)?.session
    if (session === undefined) throw new Error('The kernel of this notebook is not running.')
    const reply = await session.inspect({ kind: 'table', path })
    if (!reply.ok) throw new Error(reply.error)
    const key = `${notebook.uri} ${expression}`
    const viewer = this.#viewers.get(key) ?? this.#create(key, notebook, expression)
    viewer.show(session, reply.value as JsonObject)
  }

  dispose(): void {
    this.#subscription.dispose()
    for (const viewer of this.#viewers.values()) viewer.dispose()
  }

  #create(key: string, notebook: vscode.NotebookDocument, title: string): TableViewer {
    const viewer = new TableViewer(notebook, title, this.#scripts, () => this.#viewers.delete(key))
    this.#viewers.set(key, viewer)
    return viewer
  }
}

class TableViewer {
  readonly #notebook: vscode.NotebookDocument
  readonly #panel: vscode.WebviewPanel
  readonly #active = new Map<string, AbortController>()
  readonly #states = new Map<string, JsonObject[string]>()
  #session: Session | undefined
  #payload: JsonObject | undefined
  #isReady = false

  constructor(notebook: vscode.NotebookDocument, title: string, scripts: vscode.Uri, closed: () => void) {
    this.#notebook = notebook
    this.#panel = vscode.window.createWebviewPanel(
      'liqnb.table',
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [scripts], retainContextWhenHidden: true, enableFindWidget: true },
    )
    this.#panel.webview.onDidReceiveMessage((message: unknown) => {
      if ((message as { type?: unknown } | null)?.type === 'ready') this.#draw()
      else if (messageProblem(message) === undefined) void this.#receive(message as ToExtension)
    })
    this.#panel.onDidDispose(() => {
      closed()
      for (const controller of this.#active.values()) controller.abort()
      this.#release()
    })
    this.#panel.webview.html = pageHtml(this.#panel.webview, scripts, title)
  }

  show(session: Session, payload: JsonObject): void {
    this.#release()
    this.#session = session
    this.#payload = payload
    if (this.#isReady) this.#post({ type: 'table', payload })
    this.#panel.reveal(undefined, false)
  }

  /** Tells the page whether the kernel still holds the table. */
  tellState(): void {
    const channel = this.#channel
    if (channel === undefined) return
    const open = this.#session?.hasChannel(channel) ?? false
    this.#post({ type: 'channel', channel, open, reason: open ? '' : GONE })
  }

  dispose(): void {
    this.#panel.dispose()
  }

  get #channel(): string | undefined {
    const channel = this.#payload?.channel
    return typeof channel === 'string' ? channel : undefined
  }

  #draw(): void {
    this.#isReady = true
    if (this.#payload !== undefined) this.#post({ type: 'table', payload: this.#payload })
  }

  /** The kernel need not hold the table any longer. */
  #release(): void {
    const channel = this.#channel
    if (channel !== undefined) void this.#session?.inspect({ kind: 'close', channel })
  }

  #post(message: ToRenderer | { type: 'table'; payload: JsonObject }): void {
    void this.#panel.webview.postMessage(message)
  }

  async #receive(message: ToExtension): Promise<void> {
    const session = this.#session
    switch (message.type) {
      case 'request': {
        const { id, slot, message: body } = message
        const controller = new AbortController()
        this.#active.set(id, controller)
        const channel = this.#channel
        const reply =
          session === undefined || channel === undefined || !session.hasChannel(channel)
            ? ({ ok: false, error: GONE, cancelled: false } as const)
            : await session.request({ channel, slot, message: body, signal: controller.signal })
        this.#active.delete(id)
        this.#post({ type: 'reply', id, ...replyToWire(reply) })
        break
      }
      case 'cancel':
        this.#active.get(message.id)?.abort()
        break
      case 'watch':
        this.tellState()
        break
      case 'load': {
        const { cell, view } = message
        this.#post({ type: 'view', cell, view, state: this.#states.get(view) ?? null })
        break
      }
      case 'save':
        this.#states.set(message.view, message.state)
        break
      case 'export':
        await this.#export(message, session)
    }
  }

  async #export(message: ToExtension & { type: 'export' }, session: Session | undefined): Promise<void> {
    const { id } = message
    try {
      const channel = this.#channel
      if (session === undefined || channel === undefined || !session.hasChannel(channel)) throw new Error(GONE)
      const value = (await exportText(this.#notebook, session, { ...message, channel })) ?? null
      this.#post({ type: 'reply', id, ok: true, value })
    } catch (error) {
      this.#post({ type: 'reply', id, ok: false, error: (error as Error).message, cancelled: false })
    }
  }
}

function pageHtml(webview: vscode.Webview, scripts: vscode.Uri, title: string): string {
  const nonce = randomBytes(16).toString('hex')
  const script = webview.asWebviewUri(vscode.Uri.joinPath(scripts, 'viewer.js'))
  const policy = `default-src 'none'; style-src ${webview.cspSource} 'unsafe-inline'; script-src 'nonce-${nonce}'; img-src data:`
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title><style>body { padding: 8px 12px }</style></head>
<body><main id="table" aria-label="${escapeHtml(title)}"></main><script nonce="${nonce}" src="${script}"></script></body></html>`
}
