/** Index of the first of `length` places for which `holds` is true; it is false for all before, true for all after. `length` for none. */
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

/** Index of the first of rising values that is `value` or more; their number where none is. */
export function lowerBound(rising: Float64Array, value: number): number {
  return firstWhere(rising.length, index => rising[index]! >= value)
}

/** Index of the first of rising values that is more than `value`; their number where none is. */
export function upperBound(rising: Float64Array, value: number): number {
  return firstWhere(rising.length, index => rising[index]! > value)
}
