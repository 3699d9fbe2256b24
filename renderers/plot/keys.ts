/** Keyboard bindings of a focused chart; the help lists them too. */

export interface Binding {
  keys: readonly string[]
  /** The keys as the help writes them; empty: not listed. */
  label: string
  description: string
  run(event: KeyboardEvent): void
}

/** Runs the binding of a key and stops the event, because VS Code binds letters to its own commands. */
export function bindKeys(node: HTMLElement, bindings: readonly Binding[], signal: AbortSignal): void {
  node.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.metaKey || event.target !== node) return
      const binding = bindings.find(({ keys }) => keys.includes(event.key))
      if (!binding) return
      event.preventDefault()
      event.stopPropagation()
      binding.run(event)
    },
    { signal },
  )
}

/**
 * Whether a key is for VS Code rather than a form element: a function key, or a chord that does not edit text. It must reach
 * VS Code wherever the focus is: to save, say, or to open the palette.
 */
function isCommandKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (/^F\d+$/.test(key)) return true
  // Ctrl with Alt is AltGr, which types characters.
  return (ctrlKey || metaKey) && !altKey && !/^([acvxyz]|Arrow\w+|Home|End|Backspace|Delete)$/i.test(key)
}

/** Keeps a key from VS Code, which binds arrows, letters and space on form elements to its own commands. */
export function isolateKey(event: KeyboardEvent): void {
  if (event.key !== 'Tab' && !isCommandKey(event)) event.stopPropagation()
}

export function isolateKeys(nodes: readonly HTMLElement[], signal: AbortSignal): void {
  for (const node of nodes) node.addEventListener('keydown', isolateKey, { signal })
}
