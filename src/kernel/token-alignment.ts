/** Aligns a line of compiled code with the line of TypeScript that it comes from. */

export interface Token {
  text: string
  /** Column from 0. */
  start: number
}

/** A token that both lines have. */
export interface AlignedToken {
  code: Token
  source: Token
}

/** Longer lines are not aligned: it takes time and memory of the product of their lengths. */
const MAX_PRODUCT = 1e6

/**
 * The tokens that `code` and `source` (both one line) have in common, by their longest common subsequence: `code` lacks the
 * types. Null for lines that are too long.
 */
export function alignTokens(source: string, code: string): AlignedToken[] | null {
  const from = tokenize(code)
  if (source === code) return from.map(token => ({ code: token, source: token }))
  const to = tokenize(source)
  if (from.length * to.length > MAX_PRODUCT) return null
  const width = to.length + 1
  const common = new Uint16Array((from.length + 1) * width)
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      common[i * width + j] =
        from[i]!.text === to[j]!.text
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  const aligned: AlignedToken[] = []
  let i = 0
  let j = 0
  while (i < from.length && j < to.length) {
    if (from[i]!.text === to[j]!.text) aligned.push({ code: from[i++]!, source: to[j++]! })
    else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i++
    else j++
  }
  return aligned
}

function tokenize(line: string): Token[] {
  return Array.from(line.matchAll(/[\p{ID_Continue}$]+|[^\s]/gu), match => ({ text: match[0], start: match.index }))
}
