/** Connects the library with the terminal while a command runs it. */
import { DataError, OptionError } from '../common/errors.ts'
import { publishTask } from '../common/host.ts'
import { CliError, type Environment, EXIT } from './environment.ts'
import { describeReason } from './files.ts'
import { ProgressLine } from './progress-line.ts'

/** Runs an action: the library reports its progress on the terminal, Ctrl-C cancels, errors are shown without a stack. */
export async function withTask(
  { quiet }: { quiet: boolean },
  environment: Environment,
  action: (progress: ProgressLine) => Promise<number>,
  whenInterrupted = 'Interrupted; what was downloaded is kept.',
): Promise<number> {
  const { stderr, signal, cwd } = environment
  const progress = new ProgressLine(quiet ? { write() {} } : stderr)
  const task = {
    signal,
    notebookDir: cwd,
    progress: (message: string, fraction?: number | null) => progress.show(message, fraction),
  }
  const unpublish = publishTask(globalThis, () => task)
  try {
    return await action(progress)
  } catch (error) {
    if (signal.aborted) {
      progress.end()
      stderr.write(`${whenInterrupted}\n`)
      return EXIT.interrupted
    }
    throw toCliError(error)
  } finally {
    progress.end()
    unpublish()
  }
}

/** Errors about options and data, of the exchange and of the file system are for the user; all others are bugs. */
function toCliError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof DataError || error instanceof OptionError) return new CliError(error.message)
  if ('code' in error && 'syscall' in error) {
    const path = 'path' in error ? `${error.path}: ` : ''
    return new CliError(`${path}${describeReason(error)}`)
  }
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    // ccxt's base class; the name of the subclass says what happened.
    if (type.constructor.name === 'BaseError') return new CliError(`${error.name}: ${error.message}`)
  }
  return error
}
