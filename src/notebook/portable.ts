/** Adds the figures that other programs draw to the outputs of a notebook. */
import type { Json } from '../common/json.ts'
import { FIGURE_MIME } from './mime.ts'
import type { MimeBundle, Notebook, Output } from './types.ts'

/** The Plotly figure of an output that only Liqnb draws, by its MIME type; undefined for any other. */
export type FigureOf = (mime: string, payload: Json) => Promise<Json | undefined>

/** What could not be drawn, by the id of its cell. */
export interface PortableNotebook {
  notebook: Notebook
  failed: { cell: string; message: string }[]
}

/** Outputs that have a figure stay as they are, and so does all that the notebook holds besides. */
export async function withFigures(notebook: Notebook, figureOf: FigureOf): Promise<PortableNotebook> {
  const failed: PortableNotebook['failed'] = []
  const drawn = async (data: MimeBundle, cell: string): Promise<MimeBundle> => {
    if (Object.hasOwn(data, FIGURE_MIME)) return data
    for (const [mime, payload] of Object.entries(data)) {
      try {
        const figure = await figureOf(mime, payload)
        if (figure !== undefined) return { ...data, [FIGURE_MIME]: figure }
      } catch (error) {
        failed.push({ cell, message: error instanceof Error ? error.message : String(error) })
      }
    }
    return data
  }
  const withFigure = async (output: Output, cell: string): Promise<Output> =>
    'data' in output ? { ...output, data: await drawn(output.data, cell) } : output
  const cells = await Promise.all(
    notebook.cells.map(async cell =>
      cell.cell_type === 'code'
        ? { ...cell, outputs: await Promise.all(cell.outputs.map(output => withFigure(output, cell.id))) }
        : cell,
    ),
  )
  return { notebook: { ...notebook, cells }, failed }
}
