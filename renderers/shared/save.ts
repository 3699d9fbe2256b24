/** Ways to hand a file to the user. */
import { element } from './dom.ts'

export type SaveFile = (file: Blob, name: string) => void | Promise<void>

/** In a VS Code webview: it catches clicks on `data:` links and opens its own save dialog. It may not read `blob:`. */
export const saveAsDataUrl: SaveFile = async (file, name) => clickLink(await dataUrl(file), name)

/** In an ordinary page: an object URL, which has no size limit. */
export const saveAsObjectUrl: SaveFile = (file, name) => {
  const url = URL.createObjectURL(file)
  clickLink(url, name)
  // The download reads the URL after the click; a minute is long enough for that.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function clickLink(href: string, name: string): void {
  const link = element('a', { href, download: name, hidden: true })
  document.body.append(link)
  link.click()
  link.remove()
}

function dataUrl(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'))
    reader.readAsDataURL(file)
  })
}
