/** The `exports` and `imports` maps of package.json. @see https://nodejs.org/api/packages.html#conditional-exports */

const CONDITIONS = new Set(['node', 'import', 'module-sync', 'default'])

/**
 * The target of a subpath (`.`, `./sub`, `#name`) for an ES import under Node, or null if the map does not export it.
 * Conditions apply in the map's own order; of several matching patterns the one with the longest prefix wins.
 */
export function packageTarget(map: Record<string, unknown>, subpath: string): string | null {
  if (Object.hasOwn(map, subpath) && !subpath.includes('*')) return resolveTarget(map[subpath], null)
  let best: { key: string; star: string } | null = null
  for (const key of Object.keys(map)) {
    const [prefix, suffix, more] = key.split('*')
    if (prefix === undefined || suffix === undefined || more !== undefined) continue
    if (!subpath.startsWith(prefix) || !subpath.endsWith(suffix) || subpath.length < key.length) continue
    if (best && prefix.length <= best.key.indexOf('*')) continue
    best = { key, star: subpath.slice(prefix.length, subpath.length - suffix.length) }
  }
  return best ? resolveTarget(map[best.key], best.star) : null
}

function resolveTarget(target: unknown, star: string | null): string | null {
  if (typeof target === 'string') return star === null ? target : target.replaceAll('*', () => star)
  if (Array.isArray(target)) {
    for (const item of target) {
      const resolved = resolveTarget(item, star)
      if (resolved !== null) return resolved
    }
    return null
  }
  if (typeof target !== 'object' || target === null) return null
  for (const [condition, value] of Object.entries(target)) {
    if (!CONDITIONS.has(condition)) continue
    const resolved = resolveTarget(value, star)
    if (resolved !== null || value === null) return resolved
  }
  return null
}
