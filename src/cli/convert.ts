/** `liqnb convert`. */
import { extname, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { fromJupyter, toJupyter } from '../notebook/from-ipynb.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { keepExisting, readNotebook, readTarget, STDOUT, writeTarget } from './files.ts'

const HELP = `Turn a Jupyter notebook into a Liqnb notebook, or back, with its outputs. Runs no code.

Usage: liqnb convert NOTEBOOK [options]

From .ipynb to .liqnb, and from any other notebook to .ipynb. Code of another language, such as Python, stays as code of
that language, which does not run; what became of the cells is said on the standard error.

Options:
  -o, --output FILE  The file to write; "-" is the standard output. Default: next to the notebook, with the same name,
                     if there is no such file yet.
  -h, --help         Show this help.
`

const OTHER = { '.ipynb': '.liqnb', '.liqnb': '.ipynb' } as const

export const convert: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, { output: { type: 'string', short: 'o' } })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const name = oneFile(positionals)
  const from = extname(name).toLowerCase()
  const to = from === '.ipynb' ? OTHER['.ipynb'] : OTHER['.liqnb']
  const output = values.output ?? `${name.slice(0, name.length - from.length)}${to}`
  const [file, target] = [resolve(environment.cwd, name), readTarget(output, environment)]
  if (target === file) throw new UsageError(`${output} is the notebook itself; name another file with -o`)
  if (target !== STDOUT && extname(output).toLowerCase() !== to)
    throw new UsageError(
      `a notebook in ${from || 'another format'} becomes one in ${to}, found -o ${JSON.stringify(output)}`,
    )
  if (values.output === undefined) await keepExisting(target, output)
  const source = await readNotebook(file, environment.stderr)
  const { notebook, summary } = to === '.liqnb' ? fromJupyter(source) : toJupyter(source)
  await writeTarget(target, serializeNotebook(notebook), environment)
  environment.stderr.write(`${target === STDOUT ? '' : `Wrote ${oneLine(output, 1000)}: `}${oneLine(summary, 1000)}\n`)
  return EXIT.ok
}
