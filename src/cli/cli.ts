/** The command line: help, and the dispatch to a command. */
import { version } from '../../package.json'
import { oneLine } from '../common/errors.ts'
import { didYouMean } from '../common/options.ts'
import { CliError, type Command, type Environment, EXIT, UsageError } from './environment.ts'

const HELP = `Liqnb ${version}: notebooks for liquidation research, from the command line.

Usage: liqnb COMMAND [options]

Commands:
  run NOTEBOOK        Run all cells; write the notebook with outputs, or a page that works offline.
  export NOTEBOOK     Write the saved outputs as HTML, .ipynb, Markdown or a site, or the code as a program.
  convert NOTEBOOK    Turn a Jupyter notebook into a Liqnb notebook, or back.
  strip [NOTEBOOK…]   Remove the outputs, and leave everything else as it is; also as a filter of git.
  graph NOTEBOOK      Show which cells need which, cycles, and names that are declared twice.
  text NOTEBOOK       Print cells and outputs as text, to compare notebooks in git.
  diff NOTEBOOK NOTEBOOK
                      Compare two notebooks as text, cell by cell.
  validate NOTEBOOK…  Check notebook files against the format.
  check NOTEBOOK…     Check the types of the cells, as the editor does.
  new FILE            Create a notebook, empty or from a template.
  mcp [FOLDER]        Serve notebooks to a language model, by the Model Context Protocol.
  kernel ACTION       Install the kernel for Jupyter, so that the same cells run there.
  data ACTION         Download market data, and manage what is stored on this machine.
  sweep ACTION        Plan a sweep of a notebook, run parts of it on any machine, and merge them.
  worker --queue URL  Run parts of planned sweeps from a queue.
  batch NOTEBOOK      Run a notebook for each combination of parameters.

Options:
  -h, --help  Show this help; "liqnb COMMAND --help" shows the help of a command.
  --version   Show the version.
`

/** Each command is loaded when it is called, because most need neither the kernel nor the Markdown engine. */
const COMMANDS: { [name: string]: () => Promise<Command> } = {
  run: async () => (await import('./run.ts')).run,
  export: async () => (await import('./export.ts')).exportNotebook,
  convert: async () => (await import('./convert.ts')).convert,
  strip: async () => (await import('./strip.ts')).strip,
  graph: async () => (await import('./graph.ts')).graph,
  text: async () => (await import('./text.ts')).text,
  diff: async () => (await import('./diff.ts')).diff,
  validate: async () => (await import('./validate.ts')).validate,
  check: async () => (await import('./check.ts')).check,
  new: async () => (await import('./new.ts')).createNotebook,
  mcp: async () => (await import('./mcp.ts')).mcp,
  kernel: async () => (await import('./kernel.ts')).kernel,
  data: async () => (await import('./data.ts')).data,
  sweep: async () => (await import('./sweep.ts')).sweep,
  worker: async () => (await import('./worker.ts')).worker,
  batch: async () => (await import('./batch.ts')).batch,
}

/** Runs the command line `args` (without the program's name) and returns the exit code. Throws only for bugs. */
export async function cli(args: string[], environment: Environment): Promise<number> {
  const [name, ...commandArgs] = args
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
    if (!load) throw unknownCommand(name)
    const command = await load()
    return await command(commandArgs, environment)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    stderr.write(`liqnb: ${oneLine(error.message, 1000)}\n`)
    if (!(error instanceof UsageError)) return EXIT.failed
    stderr.write(`See: liqnb ${load ? `${name} ` : ''}--help\n`)
    return EXIT.usage
  }
}

function unknownCommand(name: string): UsageError {
  return new UsageError(`There is no command ${JSON.stringify(name)}${didYouMean(name, Object.keys(COMMANDS))}`)
}
