/** Runs a notebook with one combination of parameters. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyFromEnvironment } from '../common/exchange-key.ts'
import { createSession } from '../kernel/session.ts'
import { injectParameters, type ParameterValue } from '../notebook/parameters.ts'
import type { Notebook } from '../notebook/types.ts'
import { controlNames } from '../notebook/views.ts'
import type { Environment } from './environment.ts'
import { executeNotebook } from './execute.ts'
import { cellParameters } from './parameters.ts'
import { silentObserver } from './terminal.ts'

/** The notebook with its outputs, and the error that it failed by. */
export async function runCombination(
  source: Notebook,
  file: string,
  parameters: ReadonlyMap<string, ParameterValue>,
  timeoutMs: number | undefined,
  { dist, cwd, signal }: Environment,
): Promise<{ notebook: Notebook; failure: string | undefined }> {
  const session = createSession({
    entry: fileURLToPath(new URL('kernel.mjs', dist)),
    cwd,
    notebookDir: dirname(file),
    exchangeKey: async ({ name }) => keyFromEnvironment(name, process.env),
  })
  try {
    const injected = cellParameters(source, parameters, controlNames(source.cells))
    const { notebook, failure } = await executeNotebook(injectParameters(source, injected), {
      session,
      observer: silentObserver,
      signal,
      timeoutMs,
      parameters,
    })
    if (failure === undefined) return { notebook, failure: undefined }
    const reason = failure.error ? `${failure.error.ename}: ${failure.error.evalue}` : 'no reason is known'
    return { notebook, failure: `cell ${failure.cellNumber}: ${reason}` }
  } finally {
    await session.dispose()
  }
}
