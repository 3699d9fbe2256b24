/** The folder that a batch writes: the notebook and a page of each run, an index of the pages, and one table of the results. */
import { basename, extname, join } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { type SitePage, siteIndex } from '../notebook/site-index.ts'
import { type Row, resultRows, rowsToCsv } from './batch-results.ts'
import { type Combination, type Outcome, withoutOutputs } from './batch-run.ts'
import type { Environment } from './environment.ts'
import { prepareTarget, writeTarget } from './files.ts'
import { htmlPage } from './page.ts'

interface Run {
  /** Without its outputs, which lie in the folder. */
  notebook: SitePage['notebook']
  failure: string | undefined
  rows: readonly Row[]
}

const INDEX = 'index.html'

export class BatchFolder {
  readonly #path: string
  readonly #file: string
  readonly #stem: string
  readonly #combinations: readonly Combination[]
  readonly #names: readonly string[]
  readonly #runs = new Map<number, Run>()
  readonly #environment: Environment

  /** @param file the notebook, and `path` the folder to write, both absolute */
  constructor(path: string, file: string, combinations: readonly Combination[], environment: Environment) {
    this.#path = path
    this.#file = file
    this.#stem = basename(file, extname(file))
    this.#combinations = combinations
    this.#names = uniqueNames(this.#stem, combinations)
    this.#environment = environment
  }

  /** Makes sure before long work that it can be written. */
  async prepare(): Promise<void> {
    await prepareTarget(join(this.#path, INDEX))
  }

  /** Number of runs that are written. */
  get done(): number {
    return this.#runs.size
  }

  get failed(): number {
    return [...this.#runs.values()].filter(({ failure }) => failure !== undefined).length
  }

  /** Writes the notebook and the page of a run. */
  async writeRun(index: number, { notebook, failure }: Outcome): Promise<void> {
    const path = join(this.#path, this.#names[index]!)
    const page = await htmlPage(notebook, this.#file, this.#environment)
    await writeTarget(`${path}.liqnb`, serializeNotebook(notebook), this.#environment)
    await writeTarget(`${path}.html`, page, this.#environment)
    const rows = failure === undefined ? resultRows(notebook) : []
    this.#runs.set(index, { notebook: withoutOutputs(notebook), failure, rows })
  }

  /** Writes the table and the index of all runs, which must be there. @returns the rows of the table */
  async finish(): Promise<Row[]> {
    const runs = this.#combinations.map((combination, index) => ({ combination, ...this.#runs.get(index)! }))
    const rows = runs.flatMap(tableRows)
    await writeTarget(join(this.#path, 'results.csv'), rowsToCsv(rows), this.#environment)
    const pages = runs.map(({ combination, notebook, failure }, index): SitePage => {
      const title = describe(combination) + (failure === undefined ? '' : ` · failed: ${oneLine(failure, 200)}`)
      return { file: `${this.#names[index]}.html`, title, notebook }
    })
    // Last, so that it never lists a page that is not there.
    await writeTarget(
      join(this.#path, INDEX),
      siteIndex(`${this.#stem}, ${countText(pages.length, 'run')}`, pages),
      this.#environment,
    )
    return rows
  }
}

/** The rows of a run with its parameters in front; a run without results has one row, a failed one its error. */
function tableRows({ combination, failure, rows }: { combination: Combination } & Run): Row[] {
  const parameters = Object.fromEntries(combination)
  if (failure !== undefined) return [{ ...parameters, error: failure }]
  return (rows.length === 0 ? [{}] : rows).map(row => ({ ...parameters, ...row }))
}

/** The parameters as a title: `symbol BTC/USDT · timeframe 4h`. */
export function describe(combination: Combination): string {
  return [...combination].map(([name, value]) => `${name} ${value}`).join(' · ')
}

/** A file name for each combination, on any file system: `study-BTC-USDT-USDT-4h`. */
function uniqueNames(stem: string, combinations: readonly Combination[]): string[] {
  const used = new Set(['index'])
  return combinations.map(combination => {
    const values = [...combination.values()].map(value => String(value).replace(/[^\p{L}\p{N}._-]+/gu, '-'))
    const base = [stem, ...values].join('-').slice(0, 120)
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`
      if (used.has(name.toLowerCase())) continue
      used.add(name.toLowerCase())
      return name
    }
  })
}
