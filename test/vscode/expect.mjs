const POLL_MS = 50
/** Long, for slow machines: it only counts when a test fails. */
const TIMEOUT_MS = 60_000

/**
 * Waits until `probe` gives something true and returns it.
 * @template T
 * @param {string} what for the message when it never does
 * @param {() => Promise<T> | T} probe
 * @param {number} [timeoutMs]
 * @returns {Promise<T>}
 */
export async function expect(what, probe, timeoutMs = TIMEOUT_MS) {
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
  throw new Error(`${what}: not so after ${timeoutMs / 1000} s; last seen: ${seen}`)
}

/** @param {unknown} actual @param {unknown} wanted @param {string} what */
export function equal(actual, wanted, what) {
  if (actual !== wanted) throw new Error(`${what}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(actual)}`)
}

/** @param {unknown} condition @param {string} what */
export function ok(condition, what) {
  if (!condition) throw new Error(`not so: ${what}`)
}
