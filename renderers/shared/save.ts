/** Saves a file for the user. */
import { element } from './dom.ts'

export type SaveFile = (file: Blob, name: string) => void | Promise<void>

/** In a VS Code webview, which opens a save dialog for clicks on `data:` links; `blob:` is not allowed there. */
export const saveAsDataUrl: SaveFile = async (file, name) => clickLink(await dataUrl(file), name)

/** In an ordinary page: an object URL, which has no size limit. */
export const saveAsObjectUrl: SaveFile = (file, name) => {
  const url = URL.createObjectURL(file)
  clickLink(url, name)
  // The browser reads the URL some time after the click.
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
