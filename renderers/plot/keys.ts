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

/**
 * Whether a key is a command of VS Code that no form element has a use for: a function key, or a chord that does not edit
 * text. It must reach VS Code wherever the focus is, or nobody could save or open the palette from here.
 */
export function isCommandKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (/^F\d+$/.test(key)) return true
  // Ctrl with Alt is AltGr, which types characters.
  return (ctrlKey || metaKey) && !altKey && !/^([acvxyz]|Arrow\w+|Home|End|Backspace|Delete)$/i.test(key)
}

/** VS Code would take arrows, letters and space on our form elements for its own commands. */
export function keepKey(event: KeyboardEvent): void {
  if (event.key !== 'Tab' && !isCommandKey(event)) event.stopPropagation()
}

export function keepKeys(nodes: readonly HTMLElement[], signal: AbortSignal): void {
  for (const node of nodes) node.addEventListener('keydown', keepKey, { signal })
}
