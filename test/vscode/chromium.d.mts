/** Types of chromium.mjs for tests that are compiled. */
export const CHROMIUM_ARGS: string[]
export function ensureChromium(): string
