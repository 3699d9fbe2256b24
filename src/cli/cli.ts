import { version } from '../../package.json'
import { CliError, type Command, type Environment, EXIT, UsageError } from './environment.ts'

const HELP = `Liqnb ${version}: notebooks for liquidation research, from the command line.

Usage: liqnb COMMAND [options]

Commands:
  run NOTEBOOK        Run all cells; write the notebook with outputs, or a page that works offline.
  export NOTEBOOK     Write the saved outputs as HTML or .ipynb, without running anything.
  validate NOTEBOOK…  Check files against the rules of the format.
  new FILE            Make a new notebook.
  data ACTION         Download market data, and look after what is kept on this machine.

Options:
  -h, --help  Show this help; "liqnb COMMAND --help" shows that of a command.
  --version   Show the version.
`

/** Each is loaded when it is called for: the help and a check need neither kernel nor Markdown. */
const COMMANDS: { [name: string]: () => Promise<Command> } = {
  run: async () => (await import('./run.ts')).run,
  export: async () => (await import('./export.ts')).exportNotebook,
  validate: async () => (await import('./validate.ts')).validate,
  new: async () => (await import('./new.ts')).create,
  data: async () => (await import('./data.ts')).data,
}

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
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  try {
    if (!load) throw new UsageError(`There is no command ${JSON.stringify(name)}`)
    const command = await load()
    return await command(rest, environment)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    stderr.write(`liqnb: ${error.message}\n`)
    if (!(error instanceof UsageError)) return EXIT.failed
    stderr.write(`See: liqnb ${load ? `${name} ` : ''}--help\n`)
    return EXIT.usage
  }
}
