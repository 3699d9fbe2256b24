/** Exports a notebook as Markdown. */
import { isRecord, type Json } from '../common/json.ts'
import { IMAGE_MIMES, imageUri } from './image.ts'
import { TABLE_MIME } from './mime.ts'
import { errorText } from './outputs.ts'
import { otherLanguage } from './runnable.ts'
import { terminalText } from './terminal-text.ts'
import type { Cell, CodeCell, MimeBundle, Notebook, Output } from './types.ts'

/** An image beside the text. */
export interface ImageFile {
  /** File name in the folder of the images. */
  name: string
  bytes: Uint8Array
}

export interface MarkdownExport {
  text: string
  images: ImageFile[]
}

/** A table's first rows as cells of text; undefined for content that is no table. */
export type ReadTable = (content: Json) => { names: string[]; rows: string[][]; totalRows: number } | undefined

export interface MarkdownExportOptions {
  /** Path of the folder of images as the text names it. Default: images are in the text, as `data:` URIs. */
  imageFolder?: string | undefined
  /** Whether to show code. Default: true. */
  code?: boolean
  readTable: ReadTable
}

const EXTENSIONS: { [mime: string]: string } = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
}

/**
 * Markdown cells as they are, code in fences, and outputs as tables, images and text. What only a program can draw, such as a
 * heatmap, is there as its text.
 */
export function toMarkdown({ cells }: Notebook, options: MarkdownExportOptions): MarkdownExport {
  const images: ImageFile[] = []
  const parts = cells.flatMap((cell, index) => cellParts(cell, index, options, images))
  return { text: `${parts.filter(part => part.trim() !== '').join('\n\n')}\n`, images }
}

function cellParts(cell: Cell, index: number, options: MarkdownExportOptions, images: ImageFile[]): string[] {
  if (cell.cell_type === 'markdown') return [withAttachments(cell, index, options, images).trimEnd()]
  if (cell.cell_type === 'raw') return [fence(cell.source, '')]
  const { code = true } = options
  const source = code && cell.source.trim() !== '' ? [fence(cell.source, languageName(cell))] : []
  return [...source, ...cell.outputs.map((output, at) => outputText(output, `${index + 1}-${at + 1}`, options, images))]
}

const languageName = (cell: CodeCell) => otherLanguage(cell)?.replace(/[^\w+#-]/g, '') ?? 'ts'

function outputText(output: Output, name: string, options: MarkdownExportOptions, images: ImageFile[]): string {
  if (output.output_type === 'stream') return textBlock(output.text)
  if (output.output_type === 'error') return textBlock(errorText(output))
  const { data } = output
  const table = Object.hasOwn(data, TABLE_MIME) ? options.readTable(data[TABLE_MIME] as Json) : undefined
  if (table !== undefined) return tableText(table)
  const image = imageText(data, name, options, images)
  if (image !== undefined) return image
  const [markdown, plain] = [data['text/markdown'], data['text/plain']]
  if (typeof markdown === 'string') return markdown.trimEnd()
  if (typeof plain === 'string') return textBlock(plain)
  const mimes = Object.keys(data)
  return mimes.length === 0 ? '' : `*An output without a text form: ${escapeInline(mimes.join(', '))}*`
}

function imageText(
  data: MimeBundle,
  name: string,
  { imageFolder }: MarkdownExportOptions,
  images: ImageFile[],
): string | undefined {
  for (const mime of IMAGE_MIMES) {
    const uri = Object.hasOwn(data, mime) ? imageUri(mime, data[mime]) : undefined
    if (uri === undefined) continue
    const plain = data['text/plain']
    const alt = escapeInline(typeof plain === 'string' ? plain.slice(0, 200) : `output ${name}`)
    return `![${alt}](${imageTarget(uri, mime, `output-${name}`, imageFolder, images)})`
  }
  return undefined
}

/** Adds the image to the files and gives its address, or gives the image itself if there is no folder. */
function imageTarget(uri: string, mime: string, name: string, folder: string | undefined, images: ImageFile[]): string {
  if (folder === undefined) return uri
  const file = `${name}.${EXTENSIONS[mime]}`
  images.push({ name: file, bytes: Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64') })
  return `${folder.split('/').map(encodeURIComponent).join('/')}/${file}`
}

/** The text of a Markdown cell, in which pasted images have addresses. */
function withAttachments(cell: Cell, index: number, options: MarkdownExportOptions, images: ImageFile[]): string {
  const attachments = 'attachments' in cell ? (cell.attachments ?? {}) : {}
  let text = cell.source
  let count = 0
  for (const [name, bundle] of Object.entries(attachments)) {
    if (!isRecord(bundle)) continue
    for (const mime of IMAGE_MIMES) {
      const uri = Object.hasOwn(bundle, mime) ? imageUri(mime, bundle[mime] as Json) : undefined
      if (uri === undefined) continue
      const target = imageTarget(uri, mime, `pasted-${index + 1}-${++count}`, options.imageFolder, images)
      for (const written of new Set([name, encodeURIComponent(name), encodeURI(name)]))
        text = text.replaceAll(`(attachment:${written})`, () => `(${target})`)
      break
    }
  }
  return text
}

function tableText({ names, rows, totalRows }: NonNullable<ReturnType<ReadTable>>): string {
  if (names.length === 0) return '*A table without columns*'
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`
  const note = rows.length < totalRows ? `\n\n*The first ${rows.length} of ${totalRows} rows*` : ''
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n') + note
}

/** Of a table's cell: nothing in it is Markdown or HTML, or ends the cell. */
const escapeCell = (text: string) => escapeInline(text).replaceAll('|', '\\|')

const escapeInline = (text: string) =>
  text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\\`*_[\]~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .trim()

const textBlock = (text: string) => (text.trim() === '' ? '' : fence(terminalText(text), 'text'))

/** A fence that nothing in the text closes. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}${language}\n${text.replace(/\n+$/, '')}\n${marks}`
}
