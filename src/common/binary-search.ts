/** Binary searches in sorted data. */

/** First index below `length` for which `holds` is true; `length` if there is none. `holds` must be monotonic: false, then true. */
export function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Index of the first value that is at least `value`; the length if there is none. */
export function lowerBound(ascending: Float64Array, value: number): number {
  return firstWhere(ascending.length, index => ascending[index]! >= value)
}

/** Index of the first value above `value`; the length if there is none. */
export function upperBound(ascending: Float64Array, value: number): number {
  return firstWhere(ascending.length, index => ascending[index]! > value)
}
