/** Assertions of the suite. */
const POLL_MS = 50
/** Long, for slow machines; only failing tests take this long. */
const TIMEOUT_MS = 60_000

/**
 * Waits until `probe` returns a truthy value, and returns it.
 * @template T
 * @param {string} description for the error message
 * @param {() => Promise<T> | T} probe
 * @param {number} [timeoutMs]
 * @returns {Promise<T>}
 */
export async function expect(description, probe, timeoutMs = TIMEOUT_MS) {
  const deadline = Date.now() + timeoutMs
  let last
  do {
    try {
      last = await probe()
      if (last) return last
    } catch (error) {
      last = error
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  } while (Date.now() < deadline)
  const seen = last instanceof Error ? last.message : JSON.stringify(last)
  throw new Error(`${description}: not so after ${timeoutMs / 1000} s; last seen: ${seen}`)
}

/** @param {unknown} actual @param {unknown} expected @param {string} description */
export function equal(actual, expected, description) {
  if (actual !== expected)
    throw new Error(`${description}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`)
}

/** @param {unknown} condition @param {string} description */
export function ok(condition, description) {
  if (!condition) throw new Error(`not so: ${description}`)
}
