/** A template tag for HTML that escapes its values. */

/** HTML whose values are escaped. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Template tag: escapes values that are not {@link Html}; joins arrays. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(strings.reduce((out, part, i) => out + render(values[i - 1]) + part))
}

function render(value: unknown): string {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}
