/** Types of build.mjs for tests that are compiled. */
export const root: string
export function ensureBuilt(): void
