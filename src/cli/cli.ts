import { version } from '../../package.json' with { type: 'json' }
import { CliError, type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { exportNotebook } from './export.ts'
import { create } from './new.ts'
import { run } from './run.ts'
import { validate } from './validate.ts'

const HELP = `Liqnb ${version}: notebooks for liquidation research, from the command line.

Usage: liqnb COMMAND [options]

Commands:
  run NOTEBOOK        Run all cells; write the notebook with outputs, or a page that works offline.
  export NOTEBOOK     Write the saved outputs as HTML or .ipynb, without running anything.
  validate NOTEBOOK…  Check files against the rules of the format.
  new FILE            Make a new notebook.

Options:
  -h, --help  Show this help; "liqnb COMMAND --help" shows that of a command.
  --version   Show the version.
`

const COMMANDS: { [name: string]: Command } = { run, export: exportNotebook, validate, new: create }

/** Runs the command line `args` (without the program's name) and gives the exit code. Only bugs throw. */
export async function cli(args: string[], environment: Environment): Promise<number> {
  const [name, ...rest] = args
  const { stdout, stderr } = environment
  if (name === '--help' || name === '-h' || name === 'help') {
    stdout.write(HELP)
    return EXIT.ok
  }
  if (name === '--version') {
    stdout.write(`${version}\n`)
    return EXIT.ok
  }
  if (name === undefined) {
    stderr.write(HELP)
    return EXIT.usage
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  try {
    if (!command) throw new UsageError(`There is no command ${JSON.stringify(name)}`)
    return await command(rest, environment)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    stderr.write(`liqnb: ${error.message}\n`)
    if (!(error instanceof UsageError)) return EXIT.failed
    stderr.write(`See: liqnb ${command ? `${name} ` : ''}--help\n`)
    return EXIT.usage
  }
}
