/** `liqnb validate`. */
import { resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { formatProblem, NotebookError } from '../notebook/errors.ts'
import { readArguments } from './arguments.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { describeReason, loadNotebook } from './files.ts'

const HELP = `Check notebooks against the rules of nbformat 4.5.

Usage: liqnb validate NOTEBOOK…

Prints "ok" or every problem and its position for each file. The exit code is 1 if a file has problems.

Options:
  -h, --help  Show this help.
`

export const validate: Command = async (args, { stdout, cwd }) => {
  const { values, positionals } = readArguments(args, {})
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  if (positionals.length === 0) throw new UsageError('No notebook file is given')
  let valid = true
  for (const name of positionals) {
    const problems = await problemsOf(resolve(cwd, name))
    if (problems.length === 0) stdout.write(`${oneLine(name, 1000)}: ok\n`)
    for (const problem of problems) stdout.write(`${oneLine(name, 1000)}: ${problem}\n`)
    valid &&= problems.length === 0
  }
  return valid ? EXIT.ok : EXIT.failed
}

async function problemsOf(path: string): Promise<string[]> {
  const problems: string[] = []
  try {
    // Repaired when the notebook is opened, but against the rules.
    await loadNotebook(path, repairs => problems.push(...repairs.map(formatProblem)))
    return problems
  } catch (error) {
    return error instanceof NotebookError
      ? error.problems.map(formatProblem)
      : [`cannot be read: ${describeReason(error)}`]
  }
}
