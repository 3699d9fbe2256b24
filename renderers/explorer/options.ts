/** What an explorer needs from its surroundings. */
import type { Channel } from '../shared/channel.ts'
import type { SaveFile } from '../shared/save.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'

export interface ExplorerOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
  /** Opens the payload's channel to the kernel. */
  connect(channel: string | undefined): Channel
}

/** What one explorer needs besides. */
export interface ExplorerHost extends ExplorerOptions {
  /** The view that the state is saved under. */
  view: string
  /** Further controls; not disposed with the explorer. */
  panel: HTMLElement | null
  /** Asks the kernel for the column at a moment in full resolution; null without a kernel. */
  loadColumn(time: number): Promise<unknown> | null
}
