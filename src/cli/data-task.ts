import { CliError, type Environment, EXIT } from './environment.ts'
import { reasonOf } from './files.ts'
import { ProgressLine } from './progress-line.ts'

/** Gives the library the terminal's progress line and Ctrl-C, and its errors to the user without a stack. */
export async function withTask(
  { quiet }: { quiet: boolean },
  environment: Environment,
  work: (progress: ProgressLine) => Promise<number>,
): Promise<number> {
  const { stderr, signal, cwd } = environment
  const progress = new ProgressLine(quiet ? { write() {} } : stderr)
  const key = Symbol.for('liqnb.task')
  const task = {
    signal,
    notebookDir: cwd,
    progress: (message: string, fraction?: number | null) => progress.show(message, fraction),
  }
  Object.assign(globalThis, { [key]: task })
  try {
    return await work(progress)
  } catch (error) {
    if (signal.aborted) {
      progress.end()
      stderr.write('Interrupted; what was downloaded is kept.\n')
      return EXIT.interrupted
    }
    throw understandable(error)
  } finally {
    progress.end()
    Reflect.deleteProperty(globalThis, key)
  }
}

/** Errors about data, from the exchange and from the file system are for the user; all others are bugs. */
function understandable(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'DataError') return new CliError(error.message)
  if ('code' in error && 'syscall' in error) {
    const path = 'path' in error ? `${error.path}: ` : ''
    return new CliError(`${path}${reasonOf(error)}`)
  }
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    // ccxt's: the name of the class tells what happened.
    if (type.constructor.name === 'BaseError') return new CliError(`${error.name}: ${error.message}`)
  }
  return error
}
