/** Services for an output: channel to its kernel, saved states, saving files, running its cell. */
import type { OutputItem, RendererContext } from 'vscode-notebook-renderer'
import type { JsonObject } from '../../src/common/json.ts'
import { type Channel, openChannel } from './channel.ts'
import { getMessenger } from './messenger.ts'
import { type SaveFile, saveAsDataUrl, saveAsObjectUrl } from './save.ts'
import { cellIdOf, createLocalStates, createViewStates, type ViewStates } from './view-state.ts'

export interface OutputHost {
  openChannel(channelId: string | undefined): Channel
  views: ViewStates
  save: SaveFile
  /** Runs the cell of the output; undefined where that is not possible. Only for clicks of the reader. */
  runCell: (() => void) | undefined
}

/** An output in VS Code. */
export function webviewHost(context: RendererContext<unknown>, item: Pick<OutputItem, 'metadata'>): OutputHost {
  const cell = cellIdOf(item)
  const messenger = getMessenger(context)
  const canRun = messenger !== undefined && cell !== undefined && context.workspace?.isTrusted !== false
  return {
    openChannel: channelId => openChannel(context, channelId),
    views: createViewStates(context, item),
    save: saveAsDataUrl,
    runCell: canRun ? () => messenger.post({ type: 'run', cell }) : undefined,
  }
}

/** An output in an exported page, with the states saved in the notebook. */
export function pageHost(states: JsonObject): OutputHost {
  return {
    openChannel: channelId => openChannel(undefined, channelId),
    views: createLocalStates(states),
    save: saveAsObjectUrl,
    runCell: undefined,
  }
}
