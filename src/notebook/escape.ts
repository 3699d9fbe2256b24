const ENTITIES: { [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML, between tags or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character]!)
}

/**
 * JSON for inside a `<script type="application/json">`: the same value, spelled so that nothing in it (`</script>`,
 * `<!--`) can end the element or change how the rest of the page is read.
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

/** What a terminal would show at the end: no colour codes, and of a line that was written over only its last form. */
export function terminalText(text: string): string {
  return text
    .replace(CONTROL_SEQUENCE, '')
    .split('\n')
    .map(line => line.replace(/\r+$/, '').split('\r').at(-1))
    .join('\n')
}
