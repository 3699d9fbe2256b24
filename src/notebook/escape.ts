/** Escapes text for HTML, and removes terminal control sequences. */

const ENTITIES: { [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML, between tags or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character)
}

/**
 * JSON for a `<script type="application/json">`, escaped so that nothing in it (`</script>`, `<!--`) ends the element or
 * changes how the page is parsed.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c')
}

const ESC = '\x1b'
const BEL = '\x07'
const CONTROL_SEQUENCE = new RegExp(
  `${ESC}(?:\\[[0-9:;<=>?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?)`,
  'g',
)

/** The text as a terminal shows it: without colour codes, and an overwritten line only in its last form. */
export function terminalText(text: string): string {
  return text
    .replace(CONTROL_SEQUENCE, '')
    .split('\n')
    .map(line => line.replace(/\r+$/, '').split('\r').at(-1))
    .join('\n')
}
