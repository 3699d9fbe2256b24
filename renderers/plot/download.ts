/** Downloads of a chart: pictures, and tables behind them. */
import { element, messageOf } from '../shared/dom.ts'
import type { SaveFile } from '../shared/save.ts'
import type { DrawContext } from './draw-context.ts'
import { createHintButton } from './hint-button.ts'
import { fileName, renderPng, renderSvg } from './image-file.ts'

interface DownloadOptions<Kind extends string> {
  save: SaveFile
  /** Parts of the file's name, and the name where nothing is left of them. */
  name: [parts: string[], fallback: string]
  /** Files by extension. */
  files: Record<Kind, () => Blob | Promise<Blob>>
  /** Hint of a button. */
  hint?: (kind: string) => string
}

/** A button for each file, and a note that says what could not be created. */
export function createDownloads<Kind extends string>({
  save,
  name,
  files,
  hint = kind => `Download as ${kind}`,
}: DownloadOptions<Kind>): { buttons: HTMLElement[]; note: HTMLElement } {
  const note = element('div', { class: 'liqnb-x-note', role: 'alert' })
  const download = async (kind: Kind): Promise<void> => {
    note.textContent = ''
    try {
      await save(await files[kind](), fileName(...name, kind))
    } catch (error) {
      note.textContent = `The ${kind.toUpperCase()} could not be created: ${messageOf(error)}`
    }
  }
  const buttons = (Object.keys(files) as Kind[]).map(kind =>
    createHintButton(kind.toUpperCase(), hint(kind.toUpperCase()), () => void download(kind)),
  )
  return { buttons, note }
}

interface Picture {
  layout: { width: number; height: number }
  drawTo(ctx: DrawContext): void
}

/** What is shown, as files. @param drawNow draws what is stale */
export function pictureFiles(view: Picture, drawNow: () => void) {
  const size = (): [number, number] => {
    drawNow()
    return [view.layout.width, view.layout.height]
  }
  return {
    png: () => renderPng(...size(), ctx => view.drawTo(ctx)),
    svg: () => renderSvg(...size(), ctx => view.drawTo(ctx)),
  }
}
