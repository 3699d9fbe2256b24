/** Keys on a focused stage; the list is also the help. */

export interface Binding {
  keys: readonly string[]
  /** How the keys are written in the help, and what they do; empty: not listed. */
  name: string
  does: string
  run(event: KeyboardEvent): void
}

/** Runs the binding of a key; what is handled stays here, or VS Code would take letters for its own commands. */
export function listenToKeys(node: HTMLElement, list: readonly Binding[], signal: AbortSignal): void {
  node.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.metaKey || event.target !== node) return
      const binding = list.find(({ keys }) => keys.includes(event.key))
      if (!binding) return
      event.preventDefault()
      event.stopPropagation()
      binding.run(event)
    },
    { signal },
  )
}

/** VS Code would take arrows, letters and space on our form elements for its own commands. */
export function keepKeys(nodes: readonly HTMLElement[], signal: AbortSignal): void {
  for (const node of nodes)
    node.addEventListener('keydown', event => event.key !== 'Tab' && event.stopPropagation(), { signal })
}
