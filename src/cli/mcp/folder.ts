/** The notebooks of one folder: nothing outside of it is read or run, links followed. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { DataError, quoteValue } from '../../common/errors.ts'
import { checkFileSize } from '../../notebook/parse.ts'

const EXTENSIONS: ReadonlySet<string> = new Set(['.liqnb', '.ipynb'])
const MAX_NOTEBOOKS = 1000
const MAX_FOLDERS = 5000

export interface NotebookFile {
  /** Absolute, without links. */
  path: string
  /** As tools name it: relative to the folder, with slashes. */
  name: string
}

export class NotebookFolder {
  readonly root: string

  /** @param root absolute, without links (see {@link openFolder}) */
  constructor(root: string) {
    this.root = root
  }

  /** Notebooks in the folder and those below it, by name; not in hidden folders, node_modules, or behind links. */
  async list(): Promise<{ files: NotebookFile[]; isCut: boolean }> {
    const files: NotebookFile[] = []
    const folders = [this.root]
    for (let index = 0; index < folders.length; index++) {
      const folder = folders[index]!
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
      for (const entry of entries) {
        const path = join(folder, entry.name)
        if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') folders.push(path)
        else if (entry.isFile() && EXTENSIONS.has(extname(entry.name))) files.push(this.#file(path))
      }
      if (files.length >= MAX_NOTEBOOKS || folders.length >= MAX_FOLDERS) return { files: byName(files), isCut: true }
    }
    return { files: byName(files), isCut: false }
  }

  /**
   * The notebook that a tool names.
   * @throws DataError if it is not in the folder, or no notebook
   */
  async find(name: string): Promise<NotebookFile> {
    const path = await realpath(resolve(this.root, name)).catch(() => undefined)
    // The same words in both cases: whether a file outside exists is nobody's business.
    if (path === undefined || !this.#contains(path))
      throw new DataError(`notebook: there is no notebook ${quoteValue(name)} in the folder, see list_notebooks`)
    const isFile = (await stat(path)).isFile()
    if (!isFile || !EXTENSIONS.has(extname(path)))
      throw new DataError(`notebook: expected a .liqnb or .ipynb file, found ${quoteValue(name)}`)
    return this.#file(path)
  }

  /** @throws NotebookError if the file is too large */
  async read({ path }: NotebookFile): Promise<Buffer> {
    checkFileSize((await stat(path)).size)
    return readFile(path)
  }

  #contains(path: string): boolean {
    const way = relative(this.root, path)
    return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  }

  #file(path: string): NotebookFile {
    return { path, name: relative(this.root, path).replaceAll(sep, '/') }
  }
}

const byName = (files: NotebookFile[]) => files.sort((a, b) => (a.name < b.name ? -1 : 1))

/** @throws the file system's error if there is no such folder */
export async function openFolder(path: string): Promise<NotebookFolder> {
  const root = await realpath(path)
  if (!(await stat(root)).isDirectory()) throw new Error('it is not a folder')
  return new NotebookFolder(root)
}
