/** `liqnb sweep plan`. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PLAN_VARIABLE } from '../api/plan-variable.ts'
import { oneLine } from '../common/errors.ts'
import { keyFromEnvironment } from '../common/exchange-key.ts'
import { countText } from '../common/number-text.ts'
import { parsePlan, unitCount } from '../jobs/plan.ts'
import { createSession } from '../kernel/session.ts'
import { injectParameters } from '../notebook/parameters.ts'
import { hasTag } from '../notebook/tags.ts'
import type { Notebook } from '../notebook/types.ts'
import { controlNames } from '../notebook/views.ts'
import { colorsFor } from './colors.ts'
import { CliError, EXIT, UsageError } from './environment.ts'
import { executeNotebook } from './execute.ts'
import { describeFailure } from './failure.ts'
import { prepareTarget, readNotebook, STDOUT } from './files.ts'
import { readWholeNumber } from './numbers.ts'
import { cellParameters, parameterWarnings, readParameters } from './parameters.ts'
import type { SweepAction } from './sweep-options.ts'
import { silentObserver, TerminalObserver } from './terminal.ts'

/** Runs the notebook up to the sweep, which then writes its plan instead of running. */
export const plan: SweepAction = async (name, values, environment) => {
  const { stdout, stderr, cwd, signal, dist } = environment
  if (values.output === undefined || values.output === STDOUT) throw new UsageError('sweep plan needs -o FILE')
  const output = resolve(cwd, values.output)
  const file = resolve(cwd, name)
  const parameters = readParameters(values.param, values.raw)
  const source = await readNotebook(file, stderr)
  const number = sweepCell(source, values.cell, name)
  const injected = cellParameters(source, parameters, controlNames(source.cells))
  for (const warning of parameterWarnings(source, injected)) stderr.write(`Warning: ${oneLine(warning, 1000)}\n`)
  await prepareTarget(output)
  const before = await readFile(output, 'utf8').catch(() => undefined)
  const terminal = values.quiet ? undefined : new TerminalObserver(stderr, stderr, false)
  const observer = terminal ?? silentObserver
  const session = createSession({
    entry: fileURLToPath(new URL('kernel.mjs', dist)),
    cwd,
    notebookDir: dirname(file),
    exchangeKey: async ({ name }) => keyFromEnvironment(name, process.env),
  })
  const upToSweep = injectParameters({ ...source, cells: source.cells.slice(0, number) }, injected)
  const { failure, interrupted } = await executeNotebook(upToSweep, {
    session,
    observer: {
      ...{ onCellEnd: observer.onCellEnd.bind(observer), onOutput: observer.onOutput.bind(observer) },
      onProgress: observer.onProgress.bind(observer),
      onCell(cell) {
        // Queued before the cell itself.
        if (cell.step === cell.steps) void session.execute(planOnly(output), cell.number)
        observer.onCell(cell)
      },
    },
    signal,
    parameters,
  }).finally(() => {
    terminal?.end()
    return session.dispose()
  })
  if (interrupted) {
    stderr.write('Interrupted; nothing was planned.\n')
    return EXIT.interrupted
  }
  if (failure?.error?.ename !== 'PlanWritten') {
    if (failure) {
      const style = { colors: colorsFor(stderr), columns: stderr.isTTY ? stderr.columns : undefined }
      stderr.write(`${describeFailure(failure, oneLine(name, 1000), style)}\n`)
      return EXIT.failed
    }
    throw new CliError(
      `${name}: cell ${number} ran to its end without a call of liq.sweep, or of liq.evidence with "on"`,
    )
  }
  const text = await readFile(output, 'utf8')
  const opened = parsePlan(text)
  const markets = countText(opened.plan.markets.length, 'market')
  const size =
    opened.kind === 'sweep'
      ? `${markets} × ${countText(opened.plan.variants, 'variant')} = ${countText(unitCount(opened), 'backtest')}`
      : `${countText(opened.plan.claims.length, 'claim')} in ${markets}`
  stdout.write(
    `${text === before ? 'Unchanged' : 'Wrote'} ${oneLine(values.output, 1000)}: ${size}, plan ${opened.hash.slice(0, 16)}\n`,
  )
  return EXIT.ok
}

/** A call that has a plan: `liq.sweep(`, or `liq.evidence(` with the option `on`. */
const PLANNED = /\bsweep\s*\(|\bevidence\s*\([\s\S]*\bon\b\s*[:,}]/

/** The number of the cell whose sweep is planned, from 1. */
function sweepCell({ cells }: Notebook, option: string | undefined, name: string): number {
  const code = [...cells.entries()].filter(([, cell]) => cell.cell_type === 'code')
  if (option !== undefined) {
    const number = readWholeNumber('--cell', option, 1, cells.length)
    if (cells[number - 1]?.cell_type !== 'code') throw new UsageError(`--cell ${number}: it is no cell of code`)
    return number
  }
  const tagged = code.filter(([, cell]) => hasTag(cell.metadata, 'sweep'))
  const found = tagged.length > 0 ? tagged : code.filter(([, cell]) => PLANNED.test(cell.source))
  if (found.length === 1) return found[0]![0] + 1
  const numbers = found.map(([index]) => index + 1).join(', ')
  throw new CliError(
    found.length === 0
      ? `${name}: no cell calls liq.sweep, or liq.evidence with "on"`
      : `${name}: cells ${numbers} ${tagged.length > 0 ? 'are tagged "sweep"' : 'can be planned'}: choose one with --cell${tagged.length > 0 ? '' : ', or tag it "sweep"'}`,
  )
}

/** Code that tells sweeps to plan and not to run. */
function planOnly(output: string): string {
  return `globalThis.process.env.${PLAN_VARIABLE} = ${JSON.stringify(output)}; undefined`
}
