/**
 * The last visible column in full resolution. The payload has only the map's last one; others come from the kernel, and the one
 * in sight is saved with the view, so that a saved notebook and an exported page show the same clusters.
 */
import * as v from 'valibot'
import type { ExplorerColumn } from '../../src/charts/explorer-payload.ts'
import { MAX_VIEW_CHARS } from '../../src/common/view-limit.ts'
import type { Model } from './model.ts'
import type { ExplorerHost } from './options.ts'
import { columnSchema } from './payload.ts'
import { addFullColumn } from './unpack.ts'
import type { View } from './view.ts'

/** The view that the column is saved under. */
export const edgeView = (id: string): string => `${id}:edge`

/** Requests wait for the end of a gesture. */
const PAUSE_MS = 120

const savedEdge = v.object({ map: v.string(), column: columnSchema })

/** Adds a saved column to a map, if it is one of that map. */
export async function restoreEdge(model: Model, saved: unknown): Promise<void> {
  const parsed = v.safeParse(savedEdge, saved)
  if (!parsed.success || parsed.output.map !== fingerprint(model)) return
  // A column that cannot be read leaves the estimate from the rows.
  await addFullColumn(model, parsed.output.column).catch(() => {})
}

export interface EdgeLoader {
  /** Requests the last visible column if it is not known in full. */
  request(): void
  /** After the kernel has come or the layers have changed: asks again. */
  reset(): void
  stop(): void
}

/** @param loaded called when a column has become known in full */
export function createEdgeLoader(view: View, host: ExplorerHost, loaded: () => void): EdgeLoader {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The part and column asked for last. */
  let requested: { model: Model; column: number } | null = null
  let generation = 0

  const load = async (model: Model, column: number): Promise<void> => {
    const turn = generation
    const payload = await host.loadColumn(model.edges[column]!)?.catch(() => null)
    if (!payload || turn !== generation) return
    await addFullColumn(model, payload)
    const saved = { map: fingerprint(model), column: { ...(payload as ExplorerColumn) } }
    if (JSON.stringify(saved).length <= MAX_VIEW_CHARS) host.states.save(edgeView(host.view), saved)
    loaded()
  }
  return {
    request() {
      const { model, lastVisibleColumn: column } = view
      if (model === requested?.model && column === requested.column) return
      requested = { model, column }
      clearTimeout(timer)
      if (model.fullColumns.has(column)) return
      // The estimate stays where the column cannot be had.
      timer = setTimeout(() => void load(model, column).catch(() => {}), PAUSE_MS)
    },
    reset() {
      generation++
      requested = null
    },
    stop() {
      generation++
      clearTimeout(timer)
    },
  }
}

/** Distinguishes maps: FNV-1a of the packed data. */
function fingerprint({ header }: Model): string {
  let hash = 0x811c9dc5
  for (const text of [header.data, header.lastColumn.data])
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}
