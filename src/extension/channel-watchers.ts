/** Notifies renderers when a channel closes. Pure: notebooks and editors serve as identities only. */

export interface ChannelState {
  open: boolean
  /** Why it is closed, as a message for the user; empty if it is open. */
  reason: string
}

/** A renderer that follows whether a channel is open. */
export interface ChannelWatcher<Notebook> {
  notebook: Notebook
  channel: string
  rendererId: string
  notify(state: ChannelState): void
}

/** The watchers of all editors: a notebook may be open in several, each with its own outputs. */
export class ChannelWatchers<Notebook extends { isClosed: boolean }> {
  readonly #stateOf: (notebook: Notebook, channel: string) => ChannelState
  readonly #byEditor = new Map<object, Map<string, ChannelWatcher<Notebook>>>()

  constructor(stateOf: (notebook: Notebook, channel: string) => ChannelState) {
    this.#stateOf = stateOf
  }

  /** Reports the state now, and again when the channel closes. */
  watch(editor: object, watcher: ChannelWatcher<Notebook>): void {
    const { notebook, channel, rendererId, notify } = watcher
    const state = this.#stateOf(notebook, channel)
    if (state.open) {
      const watchers = this.#byEditor.get(editor) ?? new Map<string, ChannelWatcher<Notebook>>()
      // One watcher per renderer and channel: outputs of one renderer share its messages.
      this.#byEditor.set(editor, watchers.set(JSON.stringify([rendererId, channel]), watcher))
    }
    notify(state)
  }

  /** Call when channels of the notebook, or of any notebook, may have closed. */
  refresh(notebook?: Notebook): void {
    for (const [editor, watchers] of this.#byEditor) {
      for (const [key, watcher] of watchers) {
        if (notebook !== undefined && watcher.notebook !== notebook && !watcher.notebook.isClosed) continue
        const state = this.#stateOf(watcher.notebook, watcher.channel)
        if (state.open && !watcher.notebook.isClosed) continue
        // A closed channel never opens again.
        watchers.delete(key)
        if (!watcher.notebook.isClosed) watcher.notify(state)
      }
      if (watchers.size === 0) this.#byEditor.delete(editor)
    }
  }
}
