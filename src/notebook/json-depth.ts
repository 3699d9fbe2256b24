/** Limits how deeply JSON is nested. */

/** More deeply nested JSON is refused; Python's reader fails at about twice this depth. */
export const MAX_DEPTH = 500

/** Whether lists and objects are nested more than `levels` deep. */
export function exceedsDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Number) return false
  if (levels === 0) return true
  for (const element of Object.values(value)) if (exceedsDepth(element, levels - 1)) return true
  return false
}
