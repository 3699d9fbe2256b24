/**
 * Runs of notebooks as jobs of a queue, and their results in the shared folder. A job names a notebook of the worker's own folder by path and
 * content, and holds values of its parameters: it carries no code.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import * as v from 'valibot'
import { version } from '../../package.json'
import { writeAtomically } from '../common/atomic-file.ts'
import { DataError, OptionError, quoteValue } from '../common/errors.ts'
import type { Json } from '../common/json.ts'
import { arrayOf, numberFrom, parse } from '../common/schema.ts'
import { fromJson, toJson } from '../jobs/plain-options.ts'
import { HASH_PATTERN } from '../jobs/plan-format.ts'
import { assertJobVersion } from '../jobs/queue/queue-names.ts'
import { NotebookError } from '../notebook/errors.ts'
import { type ParameterValue, parameterNameProblem } from '../notebook/parameters.ts'
import { parseNotebook } from '../notebook/parse.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import type { Notebook } from '../notebook/types.ts'
import type { Combination, Outcome } from './batch-run.ts'

/** A job: JSON that is the same for the same run. */
export interface NotebookJob {
  /** Path of the notebook in the folder of notebooks, its parts separated by slashes. */
  notebook: string
  /** SHA-256 of the notebook's file. */
  hash: string
  parameters: [name: string, value: Json][]
  /** Time limit of a cell, ms. */
  timeoutMs: number | null
  liqnb: string
}

const MAX_PARAMETERS = 1000
const schema = v.strictObject({
  notebook: v.string(),
  hash: v.pipe(v.string(), v.regex(HASH_PATTERN, '64 hexadecimal digits')),
  parameters: arrayOf(v.tuple([v.string(), v.unknown()]), 0, MAX_PARAMETERS),
  timeoutMs: v.nullable(numberFrom(0, Number.MAX_SAFE_INTEGER)),
  liqnb: v.string(),
})

export function notebookJob(
  notebook: string,
  hash: string,
  parameters: Combination,
  timeoutMs: number | undefined,
): NotebookJob {
  return {
    notebook,
    hash,
    parameters: [...parameters].map(([name, value]) => [name, toJson(value, name)]),
    timeoutMs: timeoutMs ?? null,
    liqnb: version,
  }
}

/** The same for the same run, so that it is queued once, and its result found again. */
export function notebookJobId(job: NotebookJob): string {
  return `notebook-${sha256(JSON.stringify(job)).slice(0, 32)}`
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A job that was checked. */
export interface CheckedJob extends Pick<NotebookJob, 'notebook' | 'hash'> {
  id: string
  parameters: Combination
  timeoutMs: number | undefined
}

/** @throws OptionError for anything else than a job of this version, whose parameters are names and plain values */
export function readNotebookJob(data: unknown): CheckedJob {
  const job = parse(schema, data, problem => new OptionError(`job: ${problem}`)) as NotebookJob
  assertJobVersion(job.liqnb)
  const parameters = new Map<string, ParameterValue>()
  for (const [name, json] of job.parameters) {
    const value = fromJson(json)
    const problem = parameterNameProblem(name)
    if (problem !== undefined) throw new OptionError(`job: ${problem}`)
    if (!isParameterValue(value))
      throw new OptionError(
        `job: parameter ${name}: ${quoteValue(value)}, but expected a text, a number, true, false or null`,
      )
    parameters.set(name, value)
  }
  const { notebook, hash, timeoutMs } = job
  return { id: notebookJobId(job), notebook, hash, parameters, timeoutMs: timeoutMs ?? undefined }
}

function isParameterValue(value: unknown): value is ParameterValue {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

/**
 * The notebook of a job, if it lies in the folder and is the one that is meant.
 * @throws OptionError with the reason why it is not run
 */
export async function openNotebook(
  folder: string,
  { notebook: path, hash }: Pick<NotebookJob, 'notebook' | 'hash'>,
): Promise<{ file: string; source: Notebook }> {
  const refuse = (why: string): never => {
    throw new OptionError(`notebook ${quoteValue(path)}: ${why}`)
  }
  const parts = path.split('/')
  if (!path.endsWith('.liqnb') || /[\\:\0]/.test(path) || parts.some(part => ['', '.', '..'].includes(part)))
    refuse('it is not the path of a notebook in the folder of notebooks')
  const file = join(folder, ...parts)
  const [root, target] = await Promise.all([realpath(folder), realpath(file).catch(() => undefined)])
  if (target === undefined) return refuse('the worker does not have it in its folder of notebooks')
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) refuse('a link leads out of the folder of notebooks')
  const bytes = await readFile(target)
  if (sha256(bytes) !== hash)
    refuse('the worker has another version of it: bring its folder of notebooks to the same state, and run again')
  try {
    return { file, source: parseNotebook(bytes) }
  } catch (error) {
    if (error instanceof NotebookError) return refuse(error.message)
    throw error
  }
}

const resultSchema = v.strictObject({
  job: v.string(),
  ms: v.number(),
  failure: v.nullable(v.string()),
  notebook: v.string(),
})

/** What runs of notebooks gave, a file each, until the batch has it. */
export class NotebookResults {
  readonly #path: string

  /** @param folder the shared folder */
  constructor(folder: string) {
    this.#path = join(folder, 'notebooks')
  }

  #file(id: string): string {
    return join(this.#path, `${id}.json`)
  }

  /** Ids of the jobs that have a result. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.#path).catch(() => [])
    return names.flatMap(name => /^(notebook-[0-9a-f]{32})\.json$/.exec(name)?.[1] ?? [])
  }

  async has(id: string): Promise<boolean> {
    return stat(this.#file(id)).then(
      () => true,
      () => false,
    )
  }

  async write(id: string, { notebook, failure, ms }: Outcome): Promise<void> {
    const content = { job: id, ms, failure: failure ?? null, notebook: serializeNotebook(notebook) }
    await writeAtomically(this.#file(id), JSON.stringify(content))
  }

  /** @throws DataError naming the file that is damaged */
  async read(id: string): Promise<Outcome> {
    const file = this.#file(id)
    const fail = (problem: string) => new DataError(`${file}: ${problem}; remove it, and run again`)
    try {
      const { job, ms, failure, notebook } = parse(resultSchema, JSON.parse(await readFile(file, 'utf8')), fail)
      if (job !== id) throw fail('it is the result of another run')
      return { ms, failure: failure ?? undefined, notebook: parseNotebook(Buffer.from(notebook)) }
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof NotebookError) throw fail(error.message)
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#file(id), { force: true })
  }
}
