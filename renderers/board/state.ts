/** What the reader chose on a board: the state that is saved in the notebook. */
import * as v from 'valibot'
import { BACKGROUNDS, CANDLE_COLOURS, DEFAULT_LOOK, type Look, PALETTES } from '../../src/common/look.ts'

export interface ViewState {
  look: Look
}

const schema = v.object({
  look: v.fallback(
    v.object({
      palette: v.fallback(v.picklist(PALETTES), DEFAULT_LOOK.palette),
      candles: v.fallback(v.picklist(CANDLE_COLOURS), DEFAULT_LOOK.candles),
      background: v.fallback(v.picklist(BACKGROUNDS), DEFAULT_LOOK.background),
    }),
    DEFAULT_LOOK,
  ),
})

/** A saved state; what cannot be read has its initial value. */
export const restoreState = (saved: unknown): ViewState => v.parse(v.fallback(schema, { look: DEFAULT_LOOK }), saved)
