/** `liqnb run`. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oneLine } from '../common/errors.ts'
import { keyFromEnvironment } from '../common/exchange-key.ts'
import { countText } from '../common/number-text.ts'
import { createSession } from '../kernel/session.ts'
import { injectParameters } from '../notebook/parameters.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { controlNames } from '../notebook/views.ts'
import { oneFile, readArguments } from './arguments.ts'
import { colorsFor } from './colors.ts'
import { CliError, type Command, EXIT, UsageError } from './environment.ts'
import { executeNotebook } from './execute.ts'
import { describeFailure } from './failure.ts'
import { prepareTarget, readNotebook, readTarget, STDOUT, writeTarget } from './files.ts'
import { neededCells } from './needed-cells.ts'
import { readTimeout } from './numbers.ts'
import { openFile } from './open.ts'
import { htmlPage } from './page.ts'
import { cellParameters, parameterWarnings, readParameters } from './parameters.ts'
import { formatSeconds, silentObserver, TerminalObserver } from './terminal.ts'

const HELP = `Run the code cells of a notebook, from top to bottom, up to the first that fails.

Usage: liqnb run NOTEBOOK [options]

Options:
  -p, --param NAME=VALUE  Set a parameter, in a cell after the one tagged "parameters", and every control of that
                          name. true, false, null and numbers are parsed, everything else is text. Repeatable.
  -r, --raw NAME=VALUE    Set a parameter to the text, without parsing it.
  -o, --output FILE       Write the notebook with its outputs. Without it no notebook is written. "-" is the standard
                          output; the cells' text then goes to the standard error.
      --html FILE         Write a page with the outputs that works offline. "-" is the standard output.
  -c, --cell CELL         Run only this cell and the cells that it needs; a number, an id, or a name that the cell
                          declares. The other cells keep their outputs. Repeatable.
      --cwd DIR           Folder in which the cells run. Default: the current folder.
      --timeout SECONDS   Interrupt a cell that takes longer, and fail.
      --open              Open the page of --html in a browser.
  -v, --verbose           Print every value in full, when it comes.
  -q, --quiet             Print only warnings and errors.
  -h, --help              Show this help.

A cell tagged "skip-execution" does not run and keeps its outputs. One tagged "raises-exception" may fail. When another
cell fails, -o and --html are still written, with the error in them, and the exit code is 1.
Ctrl-C stops the run; nothing is written then.
A cell that needs a key of an exchange gets it from the variables LIQNB_NAME_API_KEY, LIQNB_NAME_SECRET and, where
the exchange has a passphrase, LIQNB_NAME_PASSWORD, with a NAME such as BINANCE. A key that may only read is enough.
`

export const run: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {
    param: { type: 'string', short: 'p', multiple: true, default: [] },
    raw: { type: 'string', short: 'r', multiple: true, default: [] },
    output: { type: 'string', short: 'o' },
    html: { type: 'string' },
    cell: { type: 'string', short: 'c', multiple: true, default: [] },
    cwd: { type: 'string', default: '.' },
    timeout: { type: 'string' },
    open: { type: 'boolean', default: false },
    verbose: { type: 'boolean', short: 'v', default: false },
    quiet: { type: 'boolean', short: 'q', default: false },
  })
  const { stdout, stderr } = environment
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const at = (path: string) => resolve(environment.cwd, path)
  const file = at(oneFile(positionals))
  const parameters = readParameters(values.param, values.raw)
  const timeoutMs = readTimeout(values.timeout)
  const output = readTarget(values.output, environment)
  const html = readTarget(values.html, environment)
  if (html === STDOUT && output === STDOUT) throw new UsageError('only one of -o and --html can be the standard output')
  if (html !== undefined && (html === file || html === output)) {
    throw new UsageError('--html would overwrite the notebook; give it another file name')
  }
  if (values.open && (html === undefined || html === STDOUT)) throw new UsageError('--open needs --html FILE')
  const cwd = at(values.cwd)
  if (!(await isFolder(cwd))) throw new CliError(`--cwd ${values.cwd}: there is no such folder`)

  const source = await readNotebook(file, stderr)
  // A parameter with the name of a control sets that control and needs no cell.
  const controls = controlNames(source.cells)
  const injected = cellParameters(source, parameters, controls)
  const mayHaveControls = source.cells.some(cell => /\.(?:controls|interact)\s*\(/.test(cell.source))
  const warn = (allControls: ReadonlySet<string>) => {
    for (const warning of parameterWarnings(source, cellParameters(source, parameters, allControls)))
      stderr.write(`Warning: ${oneLine(warning, 1000)}\n`)
  }
  if (!mayHaveControls) warn(controls)
  const toRun = injectParameters(source, injected)
  const cells = values.cell.length === 0 ? undefined : await neededCells(toRun, values.cell, environment)
  for (const target of [output, html]) if (target !== undefined) await prepareTarget(target)

  const cellText = output === STDOUT || html === STDOUT ? stderr : stdout
  const terminal = values.quiet ? undefined : new TerminalObserver(cellText, stderr, values.verbose)
  const session = createSession({
    entry: fileURLToPath(new URL('kernel.mjs', environment.dist)),
    cwd,
    notebookDir: dirname(file),
    exchangeKey: async ({ name }) => keyFromEnvironment(name, process.env),
  })
  const start = performance.now()
  const observer = terminal ?? silentObserver
  const { notebook, failure, interrupted, exitedIn, pendingTimers, started } = await executeNotebook(toRun, {
    session,
    observer,
    signal: environment.signal,
    timeoutMs,
    parameters,
    cells,
  }).finally(() => {
    terminal?.end()
    return session.dispose()
  })
  if (interrupted) {
    stderr.write('Interrupted; nothing was written.\n')
    return EXIT.interrupted
  }
  // After the run all controls are known.
  if (mayHaveControls) warn(new Set([...controls, ...controlNames(notebook.cells)]))
  if (failure !== undefined) {
    const style = { colors: colorsFor(stderr), columns: stderr.isTTY ? stderr.columns : undefined }
    stderr.write(`${describeFailure(failure, oneLine(oneFile(positionals), 1000), style)}\n`)
  }
  if (exitedIn !== undefined) stderr.write(`Cell ${exitedIn} ended the run with process.exit(0).\n`)
  if (pendingTimers.length > 0) stderr.write(`Warning: ${describeTimers(pendingTimers)}\n`)
  if (output !== undefined) await writeTarget(output, serializeNotebook(notebook), environment)
  if (html !== undefined) await writeTarget(html, await htmlPage(notebook, file, environment), environment)
  if (terminal) {
    if (output !== undefined && output !== STDOUT) stderr.write(`Wrote ${oneLine(String(values.output), 1000)}\n`)
    if (html !== undefined && html !== STDOUT)
      stderr.write(`Wrote ${oneLine(String(values.html), 1000)}${values.open ? '' : '; open it in a browser'}\n`)
    const end = failure === undefined ? 'ok' : `failed in cell ${failure.cellNumber}`
    stderr.write(`${countText(started, 'cell')}, ${formatSeconds(performance.now() - start)}, ${end}\n`)
  }
  if (values.open && html !== undefined) await openFile(html)
  return failure === undefined ? EXIT.ok : EXIT.failed
}

/** @param cellNumbers the number of a cell for each of its timers */
function describeTimers(cellNumbers: readonly number[]): string {
  const cells = [...new Set(cellNumbers)].sort((a, b) => a - b)
  const timers = cellNumbers.length === 1 ? 'a timer' : `${cellNumbers.length} timers`
  const were = cellNumbers.length === 1 ? 'was' : 'were'
  return `${timers} of cell${cells.length > 1 ? 's' : ''} ${cells.join(', ')} ${were} still waiting when the run ended, and will not fire; await what must finish`
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  )
}
