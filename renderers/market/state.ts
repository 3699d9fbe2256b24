/** What the reader chose in the view of a market: the state that is saved in the notebook. */
import * as v from 'valibot'
import { CANDLE_COLOURS, type CandleColours } from '../../src/common/look.ts'
import type { SchemaOf } from '../../src/common/schema.ts'
import { SPAN_NAMES, type SpanName } from '../plot/spans.ts'

export interface ViewState {
  /** What is shown up to now, unless a range is. */
  span: SpanName
  /** Visible times, epoch ms; null: see `span`. */
  range: [from: number, to: number] | null
  /** null: as the maps of the page. */
  candles: CandleColours | null
  /** Range and crosshair go together with the other linked charts of the page. */
  linked: boolean
}

const initialState: ViewState = { span: 'first', range: null, candles: null, linked: false }

const finite = v.pipe(v.number(), v.finite())
const schema = v.object({
  span: v.fallback(v.picklist(SPAN_NAMES), initialState.span),
  range: v.fallback(
    v.nullable(
      v.pipe(
        v.tuple([finite, finite]),
        v.check(([from, to]) => to > from),
      ),
    ),
    null,
  ),
  candles: v.fallback(v.nullable(v.picklist(CANDLE_COLOURS)), null),
  linked: v.fallback(v.boolean(), false),
}) satisfies SchemaOf<ViewState>

/** A saved state; what cannot be read has its initial value. */
export const restoreState = (saved: unknown): ViewState => v.parse(v.fallback(schema, initialState), saved)
