/** The kernels of the notebooks that tools have run, and what they showed. */
import { dirname } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { createSession, type Session } from '../../kernel/session.ts'
import { parseNotebook } from '../../notebook/parse.ts'
import type { Notebook } from '../../notebook/types.ts'
import type { Query } from '../../table/query.ts'
import type { TableRows } from '../../tools/query-table.ts'
import type { NotebookFile, NotebookFolder } from './folder.ts'

/** The kernel that was used least recently ends when there are more. */
const MAX_KERNELS = 4

/** A notebook that has run. */
export interface RunNotebook {
  readonly session: Session
  /** What the file held. */
  source: Buffer
  /** The notebook with the outputs of its runs, channels too. */
  notebook: Notebook
}

export class NotebookKernels {
  readonly #folder: NotebookFolder
  readonly #entry: string
  /** By path, least recently used first. */
  readonly #notebooks = new Map<string, RunNotebook>()
  /** The last work on each path: runs of a notebook wait for each other. */
  readonly #queues = new Map<string, Promise<unknown>>()

  /** @param entry absolute path of the built kernel process */
  constructor(folder: NotebookFolder, entry: string) {
    this.#folder = folder
    this.#entry = entry
  }

  /** The notebook with the outputs of its last run here, unless the file has changed since; else as the file has it. */
  async read(file: NotebookFile): Promise<Notebook> {
    const source = await this.#folder.read(file)
    const known = this.#notebooks.get(file.path)
    return known?.source.equals(source) ? known.notebook : parseNotebook(source)
  }

  /** Runs `work` after earlier work on the same notebook. */
  inOrder<T>(file: NotebookFile, work: () => Promise<T>): Promise<T> {
    const result = (this.#queues.get(file.path) ?? Promise.resolve()).then(work, work)
    this.#queues.set(file.path, result)
    return result
  }

  /** The kernel of a notebook, and the notebook as {@link read} gives it. */
  async open(file: NotebookFile): Promise<RunNotebook> {
    const source = await this.#folder.read(file)
    const known = this.#notebooks.get(file.path)
    const notebook = known?.source.equals(source) ? known.notebook : parseNotebook(source)
    const session =
      known?.session ?? createSession({ entry: this.#entry, cwd: dirname(file.path), notebookDir: dirname(file.path) })
    const opened: RunNotebook = { session, source, notebook }
    this.#notebooks.delete(file.path)
    this.#notebooks.set(file.path, opened)
    for (const [path, { session: oldest }] of this.#notebooks) {
      if (this.#notebooks.size <= MAX_KERNELS) break
      this.#notebooks.delete(path)
      await oldest.dispose()
    }
    return opened
  }

  /** As {@link open}, with a kernel without variables and the notebook as the file has it. */
  async openFresh(file: NotebookFile): Promise<RunNotebook> {
    const known = this.#notebooks.get(file.path)
    this.#notebooks.delete(file.path)
    await known?.session.dispose()
    return this.open(file)
  }

  /** Rows of a whole table from the kernel; undefined if the kernel or the table is gone. */
  async rows(
    file: NotebookFile,
    channel: string,
    query: Query,
    start: number,
    count: number,
  ): Promise<TableRows | undefined> {
    const session = this.#notebooks.get(file.path)?.session
    if (!session?.hasChannel(channel)) return undefined
    const reply = await session.request({ channel, message: { type: 'rows', query, start, count } })
    if (!reply.ok) throw new DataError(`filters: ${reply.error}`)
    return reply.value as TableRows
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#notebooks.values()].map(({ session }) => session.dispose()))
    this.#notebooks.clear()
  }
}
