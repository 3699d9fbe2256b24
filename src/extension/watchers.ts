/** Who is told when a channel is closed. Pure: notebooks and editors are whatever tells one from another. */

export interface ChannelState {
  open: boolean
  /** Why not, in words for the reader. */
  why: string
}

/** A renderer that wants to know whether a channel is open. */
export interface Watcher<Notebook> {
  notebook: Notebook
  channel: string
  rendererId: string
  tell(state: ChannelState): void
}

/** The watchers of all editors: a notebook may stand in two of them, each with outputs of its own. */
export class Watchers<Notebook extends { isClosed: boolean }> {
  readonly #stateOf: (notebook: Notebook, channel: string) => ChannelState
  readonly #byEditor = new Map<object, Map<string, Watcher<Notebook>>>()

  constructor(stateOf: (notebook: Notebook, channel: string) => ChannelState) {
    this.#stateOf = stateOf
  }

  /** Tells the state now, and again when the channel is closed. */
  watch(editor: object, watcher: Watcher<Notebook>): void {
    const { notebook, channel, rendererId, tell } = watcher
    const state = this.#stateOf(notebook, channel)
    if (state.open) {
      const own = this.#byEditor.get(editor) ?? new Map<string, Watcher<Notebook>>()
      // Outputs of one renderer share its messages.
      this.#byEditor.set(editor, own.set(JSON.stringify([rendererId, channel]), watcher))
    }
    tell(state)
  }

  /** Channels of the notebook, or of any, may have been closed. */
  refresh(notebook?: Notebook): void {
    for (const [editor, own] of this.#byEditor) {
      for (const [key, watcher] of own) {
        if (notebook !== undefined && watcher.notebook !== notebook && !watcher.notebook.isClosed) continue
        const state = this.#stateOf(watcher.notebook, watcher.channel)
        if (state.open && !watcher.notebook.isClosed) continue
        // A channel that was closed does not open again.
        own.delete(key)
        if (!watcher.notebook.isClosed) watcher.tell(state)
      }
      if (own.size === 0) this.#byEditor.delete(editor)
    }
  }
}
