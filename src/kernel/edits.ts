/** A replacement of `source.slice(start, end)` by `text`. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** `source.slice(from, to)` with the edits applied that lie inside it. Edits must not overlap; their order is free. */
export function applyEdits(source: string, edits: Edit[], from = 0, to = source.length): string {
  let result = ''
  let at = from
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < from || edit.end > to) continue
    result += source.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + source.slice(at, to)
}

/** The same text as spaces, with its line breaks kept, so that what follows stays on its line and column. */
export function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}

/** `text` followed by the line breaks of the text that it replaces. Both must start on the same line. */
export function keepLines(replaced: string, text: string): string {
  return text + '\n'.repeat(replaced.split('\n').length - text.split('\n').length)
}
