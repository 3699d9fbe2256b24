/**
 * The price grid: bin = floor(ln price / width). It is fixed, so nothing depends on the range of the data, and a ratio of
 * prices is a distance in bins wherever the price is.
 */
export function binOf(price: number, binWidth: number): number {
  return Math.floor(Math.log(price) / binWidth)
}

/** Price at the lower edge of a bin; at its middle for `bin + 0.5`. */
export function binPrice(bin: number, binWidth: number): number {
  return Math.exp(bin * binWidth)
}
