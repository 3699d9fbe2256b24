/** Asks the extension to change the code of an output's own cell. Only for clicks of the reader. */
import type { OutputItem } from 'vscode-notebook-renderer'
import type { HeatmapChange } from '../../src/kernel/messaging.ts'
import { getMessenger, type MessagingContext } from './messenger.ts'
import { cellIdOf } from './view-state.ts'

/** undefined where cells cannot be changed: without the extension, and in a workspace that is not trusted. */
export function cellChanger(
  context: MessagingContext | undefined,
  item: Pick<OutputItem, 'metadata'>,
): ((view: string, change: HeatmapChange) => Promise<void>) | undefined {
  const messenger = getMessenger(context)
  const cell = cellIdOf(item)
  if (!messenger || cell === undefined || context?.workspace?.isTrusted === false) return undefined
  return (view, change) =>
    new Promise((resolve, reject) => {
      const id = messenger.newId()
      const stop = messenger.listen(answer => {
        if (answer.type !== 'reply' || answer.id !== id) return
        stop()
        if (answer.ok) resolve()
        else reject(new Error(answer.error))
      })
      messenger.post({ type: 'apply', id, cell, view, change })
    })
}
