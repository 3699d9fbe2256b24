/** Ids of headings, by which links lead to them. */

/** The id of a heading with this text, as on GitHub and in VS Code: `2. Open interest` → `2-open-interest`. */
export function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

/** Gives a heading its id. */
export type HeadingIds = (text: string) => string

/** Ids that are unique: a heading with the text of an earlier one gets a number. */
export function headingIds(): HeadingIds {
  const counts = new Map<string, number>()
  return text => {
    const id = slug(text)
    for (let count = counts.get(id) ?? 0; ; count++) {
      const unique = count === 0 ? id : `${id}-${count}`
      counts.set(id, count + 1)
      if (unique !== id && counts.has(unique)) continue
      counts.set(unique, Math.max(counts.get(unique) ?? 0, 1))
      return unique
    }
  }
}
