import type { Channel } from '../shared/channel.ts'
import type { SaveFile } from '../shared/save.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'

export interface ExplorerOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
  /** The way to the kernel that holds the map, by the channel that a payload names. */
  connect(channel: string | undefined): Channel
}
