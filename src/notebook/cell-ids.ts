/** Creates cell ids. */

/** A cell id of nbformat 4.5. */
export const CELL_ID = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Creates ids that are not in `usedIds`, and adds them to it: 8 hex digits, a hash of a seed (e.g. the cell's source). The
 * same seeds in the same order give the same ids, so that reading an old file twice, or running a notebook twice, gives the
 * same bytes. The time does not depend on how many seeds are equal.
 */
export function cellIdSource(usedIds: Set<string>): (seed: string) => string {
  /** The next attempt of each hash. Seeds with the same hash have the same sequence of ids. */
  const nextAttempts = new Map<number, number>()
  return seed => {
    const seedHash = fnv1a(seed)
    for (let attempt = nextAttempts.get(seedHash) ?? 0; ; attempt++) {
      const hash = attempt === 0 ? seedHash : fnv1a(`\n${attempt}`, seedHash)
      const id = (hash >>> 0).toString(16).padStart(8, '0')
      if (usedIds.has(id)) continue
      nextAttempts.set(seedHash, attempt + 1)
      usedIds.add(id)
      return id
    }
  }
}

/** An id for one new cell, as {@link cellIdSource} creates it. */
export function newCellId(usedIds: ReadonlySet<string>, seed: string): string {
  return cellIdSource(new Set(usedIds))(seed)
}

const FNV_OFFSET = 0x811c9dc5

/** 32-bit FNV-1a over UTF-16 units. The hash of a text continues that of its beginning. */
function fnv1a(text: string, hash = FNV_OFFSET): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
