/** What an output can do where it stands: talk to its kernel, keep its state, save files, have its cell run. */
import type { OutputItem, RendererContext } from 'vscode-notebook-renderer'
import type { JsonObject } from '../../src/common/json.ts'
import { type Channel, openChannel } from './channel.ts'
import { messengerOf } from './messenger.ts'
import { type SaveFile, saveAsDataUrl, saveAsObjectUrl } from './save.ts'
import { cellOf, localStates, type ViewStates, viewStates } from './view-state.ts'

export interface OutputHost {
  openChannel(channelId: string | undefined): Channel
  views: ViewStates
  save: SaveFile
  /** Has the cell of the output run; none where that is not possible. The reader asks for it, never the output itself. */
  runCell: (() => void) | undefined
}

/** An output in VS Code. */
export function webviewHost(context: RendererContext<unknown>, item: Pick<OutputItem, 'metadata'>): OutputHost {
  const cell = cellOf(item)
  const messenger = messengerOf(context)
  const canRun = messenger !== undefined && cell !== undefined && context.workspace?.isTrusted !== false
  return {
    openChannel: channelId => openChannel(context, channelId),
    views: viewStates(context, item),
    save: saveAsDataUrl,
    runCell: canRun ? () => messenger.post({ type: 'run', cell }) : undefined,
  }
}

/** An output in an exported page, which holds the states that the notebook kept. */
export function pageHost(states: JsonObject): OutputHost {
  return {
    openChannel: channelId => openChannel(undefined, channelId),
    views: localStates(states),
    save: saveAsObjectUrl,
    runCell: undefined,
  }
}
