/** Nine anchors of the viridis map (S. van der Walt and N. Smith, matplotlib; CC0): perceptually uniform, safe for colour blindness. */
const VIRIDIS = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725']

export type ColourScale = [position: number, colour: string][]

/** Even stops, for an axis that is already logarithmic. */
export function linearScale(): ColourScale {
  return VIRIDIS.map((colour, i) => [i / (VIRIDIS.length - 1), colour])
}

/**
 * Stops that make a linear colour axis from `low` to `high` look logarithmic, so that the readout still shows the plain
 * values: stop k of K is at low·(high/low)^(k/K).
 */
export function logScale(low: number, high: number): ColourScale {
  const last = VIRIDIS.length - 1
  const stops = VIRIDIS.map((colour, k): [number, string] => [
    (low * (high / low) ** (k / last) - low) / (high - low),
    colour,
  ])
  stops[last]![0] = 1
  return stops
}
