/** The Plotly figures of saved maps, studies, markets and boards, for programs that do not know them, such as Jupyter. */
import type { BOARD_MIME } from '../../src/charts/board-payload.ts'
import type { EXPLORER_MIME } from '../../src/charts/explorer-payload.ts'
import type { Figure } from '../../src/charts/figure.ts'
import type { MARKET_MIME } from '../../src/charts/market-payload.ts'
import type { STUDY_MIME } from '../../src/charts/study-payload.ts'
import { boardFigure } from './board.ts'
import { mapFigure } from './map.ts'
import { marketFigure } from './market.ts'
import { studyFigure } from './study.ts'

type Mime = typeof BOARD_MIME | typeof EXPLORER_MIME | typeof MARKET_MIME | typeof STUDY_MIME

const FIGURES: Record<Mime, (payload: unknown) => Promise<Figure | undefined>> = {
  'application/vnd.liqnb.board+json': boardFigure,
  'application/vnd.liqnb.explorer+json': mapFigure,
  'application/vnd.liqnb.market+json': marketFigure,
  'application/vnd.liqnb.study+json': studyFigure,
}

/**
 * The figure of an output; undefined where its type is not one of these, or it has nothing to draw.
 * @throws PayloadError if the output is damaged
 */
export async function figureOf(mime: string, payload: unknown): Promise<Figure | undefined> {
  return Object.hasOwn(FIGURES, mime) ? FIGURES[mime as Mime](payload) : undefined
}
