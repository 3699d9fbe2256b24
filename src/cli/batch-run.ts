/** Runs a notebook with one combination of parameters. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyFromEnvironment } from '../common/exchange-key.ts'
import { createSession } from '../kernel/session.ts'
import { injectParameters, type ParameterValue } from '../notebook/parameters.ts'
import type { Notebook } from '../notebook/types.ts'
import { controlNames } from '../notebook/views.ts'
import type { Environment } from './environment.ts'
import { type CellFailure, executeNotebook } from './execute.ts'
import { cellParameters } from './parameters.ts'
import { silentObserver } from './terminal.ts'

export type Combination = ReadonlyMap<string, ParameterValue>

/** What became of a run: the notebook with its outputs, and the error that it failed by. */
export interface Outcome {
  notebook: Notebook
  failure: string | undefined
  /** How long it took, ms. */
  ms: number
}

export interface RunLimits {
  /** Time of a cell, ms. Default: none. */
  timeoutMs?: number | undefined
  /** Heap of the kernel, MB. Default: that of Node.js. */
  memoryMb?: number | undefined
}

/** How often a run is started whose kernel dies. An error of a cell is no accident, and is not tried again. */
const ATTEMPTS = 3

/** Runs a notebook in a kernel of its own. After an abort of the environment's signal, the outcome is of what had run by then. */
export async function runCombination(
  source: Notebook,
  file: string,
  parameters: Combination,
  limits: RunLimits,
  environment: Pick<Environment, 'dist' | 'cwd' | 'signal'>,
): Promise<Outcome> {
  const start = performance.now()
  for (let attempt = 1; ; attempt++) {
    const { notebook, failure } = await runOnce(source, file, parameters, limits, environment)
    const hasDied = failure?.error?.ename === 'KernelDied'
    if (hasDied && attempt < ATTEMPTS && !environment.signal.aborted) continue
    return { notebook, failure: failure && failureText(failure), ms: performance.now() - start }
  }
}

async function runOnce(
  source: Notebook,
  file: string,
  parameters: Combination,
  { timeoutMs, memoryMb }: RunLimits,
  { dist, cwd, signal }: Pick<Environment, 'dist' | 'cwd' | 'signal'>,
): Promise<{ notebook: Notebook; failure: CellFailure | undefined }> {
  const session = createSession({
    entry: fileURLToPath(new URL('kernel.mjs', dist)),
    cwd,
    notebookDir: dirname(file),
    ...(memoryMb !== undefined && { maxMemoryMb: memoryMb }),
    exchangeKey: async ({ name }) => keyFromEnvironment(name, process.env),
  })
  try {
    return await executeNotebook(withParameters(source, parameters), {
      session,
      observer: silentObserver,
      signal,
      timeoutMs,
      parameters,
    })
  } finally {
    await session.dispose()
  }
}

/** The notebook as it is run. */
export function withParameters(source: Notebook, parameters: Combination): Notebook {
  return injectParameters(source, cellParameters(source, parameters, controlNames(source.cells)))
}

export function withoutOutputs(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map(cell => (cell.cell_type === 'code' ? { ...cell, outputs: [] } : cell)),
  }
}

function failureText({ cellNumber, error }: CellFailure): string {
  return `cell ${cellNumber}: ${error ? `${error.ename}: ${error.evalue}` : 'no reason is known'}`
}
