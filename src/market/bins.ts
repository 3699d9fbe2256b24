/** The logarithmic price grid. */

/**
 * Bin of a price: floor(ln price / width). The grid does not depend on the range of the data, and a ratio of prices is the
 * same number of bins at every price.
 */
export function binOf(price: number, binWidth: number): number {
  return Math.floor(Math.log(price) / binWidth)
}

/** Price at the lower edge of a bin; for `bin + 0.5` at its middle. */
export function binPrice(bin: number, binWidth: number): number {
  return Math.exp(bin * binWidth)
}
