/** How a map looks: the names that code, saved notebooks and the explorer's menu share. */

/** `exchange` is the purple to yellow of exchanges' own heatmaps, on a floor of purple; `sides` has a hue for each side. */
export const PALETTES = ['viridis', 'magma', 'inferno', 'exchange', 'sides'] as const
/** Rising and falling candles; blue and orange are told apart with every kind of colour blindness. */
export const CANDLE_COLOURS = ['greenRed', 'redGreen', 'blueOrange'] as const
/** `dark` is dark in a light theme too. */
export const BACKGROUNDS = ['theme', 'dark'] as const

export type PaletteName = (typeof PALETTES)[number]
export type CandleColours = (typeof CANDLE_COLOURS)[number]
export type Background = (typeof BACKGROUNDS)[number]

export interface Look {
  palette: PaletteName
  candles: CandleColours
  background: Background
}

export const DEFAULT_LOOK: Look = { palette: 'viridis', candles: 'greenRed', background: 'theme' }
