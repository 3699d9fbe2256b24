/** Exports text from an output to a file. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { writeAtomically } from '../common/atomic-file.ts'
import type { Session } from '../kernel/session.ts'
import { notebookFolder } from './notebook-folder.ts'

/** Text that a channel returns in chunks: each answer's `next` is the `start` of the next request, until it is null. */
export interface TextExport {
  channel: string
  /** Suggested name of the file. */
  name: string
  message: object
}

/**
 * Asks for a file and writes the chunks as they arrive, so that the whole text is never in memory.
 * @returns the file name; undefined if the user cancelled
 * @throws Error with the reason; no partial file is left
 */
export async function exportText(
  notebook: vscode.NotebookDocument,
  session: Session,
  { channel, name, message }: TextExport,
): Promise<string | undefined> {
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(notebookFolder(notebook), name) })
  if (target === undefined) return undefined
  if (target.scheme !== 'file') throw new Error(`Only local files can be written, not ${target.scheme}: URLs`)
  const title = basename(target.fsPath)
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Writing ${title}`, cancellable: true },
    async (progress, cancellation) => {
      const stop = new AbortController()
      cancellation.onCancellationRequested(() => stop.abort())
      let done = 0
      const report = (fraction: number) => {
        progress.report({ increment: 100 * (fraction - done), message: `${Math.floor(100 * fraction)} %` })
        done = fraction
      }
      try {
        await writeAtomically(target.fsPath, textChunks(session, channel, message, stop.signal, report))
        return title
      } catch (error) {
        if (stop.signal.aborted) return undefined
        throw error
      }
    },
  )
}

async function* textChunks(
  session: Session,
  channel: string,
  message: object,
  signal: AbortSignal,
  report: (fraction: number) => void,
): AsyncGenerator<string> {
  for (let start: number | null = 0; start !== null; ) {
    const reply = await session.request({ channel, message: { ...message, start }, signal })
    if (!reply.ok) throw new Error(reply.error)
    const { text, next, matching } = reply.value as { text?: unknown; next?: unknown; matching?: unknown }
    if (typeof text !== 'string' || !(next === null || (typeof next === 'number' && next > start)))
      throw new Error('The output returned no text.')
    yield text
    report(next === null ? 1 : next / Number(matching))
    start = next
  }
}
