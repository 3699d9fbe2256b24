/** Answers messages from renderers. */
import * as vscode from 'vscode'
import type { ToExtension, ToRenderer } from '../kernel/messaging.ts'
import { isControlsView } from '../notebook/views.ts'
import { applyChange } from './apply-change.ts'
import { openPlace } from './cell-place.ts'
import { type ChannelState, ChannelWatchers } from './channel-watchers.ts'
import { exportText } from './export-text.ts'
import type { Kernels } from './kernels.ts'
import { messageProblem } from './message-schema.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { runCell } from './run-cells.ts'
import { findCell, type ViewStates } from './view-states.ts'
import { replyToWire } from './wire.ts'

const UNTRUSTED = 'This workspace is not trusted, so cells do not run: trust it, then run the cell again.'
const NO_KERNEL = 'The kernel of this notebook is not running: run the cell again.'
const NOT_HELD = 'The kernel no longer holds this output: run the cell again.'

/**
 * Answers the renderers: requests go to the notebook's kernel (which is never started for one), view states to the document.
 * @param compiler path of TypeScript's compiler
 * @param controlMoved called when a reader has moved a control of a cell
 * @param kernels returns undefined while the workspace is not trusted
 */
export function answerRenderers(
  rendererIds: readonly string[],
  kernels: () => Kernels | undefined,
  views: ViewStates,
  compiler: string,
  controlMoved: (notebook: vscode.NotebookDocument, cell: string) => void,
  log: (problem: string) => void,
): vscode.Disposable & { refresh(notebook?: vscode.NotebookDocument): void } {
  const activeRequests = new Map<string, AbortController>()

  const stateOf = (notebook: vscode.NotebookDocument, channel: string): ChannelState => {
    const session = kernels()?.get(notebook)?.session
    if (session?.hasChannel(channel)) return { open: true, reason: '' }
    const running = session !== undefined && (session.state === 'idle' || session.state === 'busy')
    return { open: false, reason: !vscode.workspace.isTrusted ? UNTRUSTED : running ? NOT_HELD : NO_KERNEL }
  }
  const watchers = new ChannelWatchers(stateOf)

  const renderers = rendererIds.map(id => ({ rendererId: id, messaging: vscode.notebooks.createRendererMessaging(id) }))
  const subscriptions = renderers.map(({ rendererId, messaging }) =>
    messaging.onDidReceiveMessage(({ editor, message }) => {
      if (editor.notebook.notebookType !== NOTEBOOK_TYPE) return
      const post = (answer: ToRenderer) => void messaging.postMessage(answer, editor)
      const problem = messageProblem(message)
      if (problem !== undefined) return log(`${rendererId} sent an invalid message: ${problem}`)
      receive(message as ToExtension, editor, rendererId, post)
    }),
  )

  function receive(
    message: ToExtension,
    editor: vscode.NotebookEditor,
    rendererId: string,
    post: (answer: ToRenderer) => void,
  ): void {
    const { notebook } = editor
    switch (message.type) {
      case 'request':
        void request(message, notebook, post)
        break
      case 'cancel':
        activeRequests.get(message.id)?.abort()
        break
      case 'watch': {
        const { channel } = message
        const notify = (state: ChannelState) => post({ type: 'channel', channel, ...state })
        watchers.watch(editor, { notebook, channel, rendererId, notify })
        break
      }
      case 'load': {
        const { cell, view } = message
        post({ type: 'view', cell, view, state: views.load(notebook, cell, view) })
        break
      }
      case 'save':
        try {
          views.save(notebook, message.cell, message.view, message.state)
          notifyOtherEditors(message, editor)
          if (isControlsView(message.view)) controlMoved(notebook, message.cell)
        } catch (error) {
          log(`${rendererId}: the state of a view was not saved: ${(error as Error).message}`)
        }
        break
      case 'export':
        void write(message, notebook, post)
        break
      case 'apply': {
        const { id } = message
        applyChange(notebook, message, compiler).then(
          () => post({ type: 'reply', id, ok: true, value: null }),
          (error: Error) => post({ type: 'reply', id, ok: false, error: error.message, cancelled: false }),
        )
        break
      }
      case 'run':
        run(notebook, message.cell).catch(error => log(`${rendererId}: the cell was not run: ${error}`))
        break
      case 'open':
        openPlace(notebook, kernels()?.get(notebook)?.runNumbers, message).catch(error =>
          log(`${rendererId}: the cell was not shown: ${error}`),
        )
    }
  }

  async function request(
    { id, channel, slot, message }: ToExtension & { type: 'request' },
    notebook: vscode.NotebookDocument,
    post: (answer: ToRenderer) => void,
  ): Promise<void> {
    const session = kernels()?.get(notebook)?.session
    if (!session || !vscode.workspace.isTrusted) {
      post({
        type: 'reply',
        id,
        ok: false,
        error: session ? UNTRUSTED : stateOf(notebook, channel).reason,
        cancelled: false,
      })
      return
    }
    const controller = new AbortController()
    activeRequests.set(id, controller)
    try {
      const { signal } = controller
      const onProgress = (progress: (ToRenderer & { type: 'step' })['progress']) => post({ type: 'step', id, progress })
      const reply = await session.request({ channel, slot, message, signal, onProgress })
      post({ type: 'reply', id, ...replyToWire(reply) })
    } finally {
      activeRequests.delete(id)
    }
  }

  async function write(
    message: ToExtension & { type: 'export' },
    notebook: vscode.NotebookDocument,
    post: (answer: ToRenderer) => void,
  ): Promise<void> {
    const { id, channel } = message
    try {
      const session = kernels()?.get(notebook)?.session
      if (!session?.hasChannel(channel)) throw new Error(stateOf(notebook, channel).reason)
      const value = (await exportText(notebook, session, message)) ?? null
      post({ type: 'reply', id, ok: true, value })
    } catch (error) {
      post({ type: 'reply', id, ok: false, error: (error as Error).message, cancelled: false })
    }
  }

  async function run(notebook: vscode.NotebookDocument, id: string): Promise<void> {
    const cell = findCell(notebook, id)
    if (!cell || !vscode.workspace.isTrusted) return
    await runCell(cell)
  }

  /** All editors of a notebook show the same output, so its controls are shared; each editor has its own zoom and order. */
  function notifyOtherEditors(
    { cell, view, state }: ToExtension & { type: 'save' },
    sender: vscode.NotebookEditor,
  ): void {
    if (!isControlsView(view)) return
    for (const editor of vscode.window.visibleNotebookEditors)
      if (editor !== sender && editor.notebook === sender.notebook)
        for (const { messaging } of renderers) void messaging.postMessage({ type: 'view', cell, view, state }, editor)
  }

  const changes = views.onDidChange(({ notebook, cell, view, state }) => {
    const message: ToRenderer = { type: 'view', cell, view, state }
    for (const editor of vscode.window.visibleNotebookEditors)
      if (editor.notebook === notebook)
        for (const { messaging } of renderers) void messaging.postMessage(message, editor)
    if (isControlsView(view)) controlMoved(notebook, cell)
  })
  const all = vscode.Disposable.from(...subscriptions, changes)
  return { refresh: notebook => watchers.refresh(notebook), dispose: () => all.dispose() }
}
