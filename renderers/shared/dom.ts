/** Small DOM helpers. Text enters the page only as text nodes and attributes, never as markup. */

type Attributes = { [name: string]: string | number | boolean | null }

/**
 * Creates an element. An attribute that is `true` is written empty; `false` and `null` are left out.
 *
 * @example element('button', { type: 'button', 'aria-label': 'Next page' }, '›')
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null) continue
    node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children)
  return node
}

/** Adds a style sheet to the document or shadow root of `host`, once. */
export function ensureStyle(host: Element, id: string, css: string): void {
  const root = host.getRootNode()
  const parent = root instanceof ShadowRoot ? root : document.head
  if (parent.querySelector(`style[data-liqnb-style="${id}"]`)) return
  parent.append(element('style', { 'data-liqnb-style': id }, css))
}

/** Replaces the content of `host` with an error message. */
export function showProblem(host: HTMLElement, message: string): void {
  host.replaceChildren(element('div', { class: 'liqnb-problem', role: 'alert' }, message))
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
