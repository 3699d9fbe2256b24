/** Types of chromium.mjs for TypeScript tests. */
export const CHROMIUM_ARGS: string[]
export function ensureChromium(): string
