/** What an explorer needs from its surroundings. */
import type { HeatmapChange } from '../../src/kernel/messaging.ts'
import type { Channel } from '../shared/channel.ts'
import type { SaveFile } from '../shared/save.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'
import type { Header } from './payload.ts'

export interface ExplorerOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
  /** Opens the payload's channel to the kernel. */
  connect(channel: string | undefined): Channel
  /** Writes a change into the cell of the output, which shows the view; absent where that is not possible. */
  apply?: ((view: string, change: HeatmapChange) => Promise<unknown>) | undefined
}

/** What one explorer needs besides. */
export interface ExplorerHost extends ExplorerOptions {
  /** The view that the state is saved under. */
  readonly view: string
  /** The head of the cell's own map, which a rebuilt one may differ from; another one with each bar of a live market. */
  readonly cellHeader: Header
  /** Further controls; not disposed with the explorer. */
  panel: HTMLElement | null
  /** Asks the kernel for the column at a moment in full resolution; null without a kernel. */
  loadColumn(time: number): Promise<unknown> | null
  /** Asks the kernel for the feed of a live map; null without a kernel. */
  loadFeed(): Promise<unknown> | null
  /** Asks the kernel for a part of the map in full detail; null without a kernel. */
  loadPart(part: { range: [from: number, to: number]; prices: [low: number, high: number] }): Promise<unknown> | null
}
