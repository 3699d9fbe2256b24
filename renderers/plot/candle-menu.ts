/** The menu of the candles' colours: those of the page's maps unless the reader chooses others here. */
import { CANDLE_COLOURS, type CandleColours } from '../../src/common/look.ts'
import { createMenu, type Menu } from './menu.ts'
import { CANDLE_TEXTS, candleSwatch, createRadios } from './radios.ts'

const AS_MAPS = 'maps'

export interface CandleMenu extends Menu {
  /** @param candles null: as the maps */
  show(candles: CandleColours | null): void
}

export function createCandleMenu(choose: (candles: CandleColours | null) => void): CandleMenu {
  const candles = createRadios(
    'Candles',
    [AS_MAPS, ...CANDLE_COLOURS],
    { [AS_MAPS]: 'As on the maps', ...CANDLE_TEXTS },
    name => (name === AS_MAPS ? null : candleSwatch(name)),
    name => choose(name === AS_MAPS ? null : name),
  )
  return {
    ...createMenu('Look', 'Colours of the candles', [candles.node]),
    show: chosen => candles.show(chosen ?? AS_MAPS),
  }
}
