/** Shows text as a terminal does. */

const ESC = '\x1b'
const BEL = '\x07'
const CONTROL_SEQUENCE = new RegExp(
  `${ESC}(?:\\[[0-9:;<=>?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?)`,
  'g',
)

/** The text as a terminal shows it: without colour codes, and without what a line has written over. */
export function terminalText(text: string): string {
  return overwriteLines(text.replace(CONTROL_SEQUENCE, ''))
}

/** The text after its carriage returns: each moves to the start of the line, where later characters replace earlier ones. */
export function overwriteLines(text: string): string {
  return text.includes('\r') ? text.split('\n').map(overwriteLine).join('\n') : text
}

function overwriteLine(line: string): string {
  if (!line.includes('\r')) return line
  let visible = ''
  // From the last part to the first: of an earlier part, only what is longer than all later ones is visible.
  for (const part of line.split('\r').reverse()) if (part.length > visible.length) visible += part.slice(visible.length)
  return visible
}
