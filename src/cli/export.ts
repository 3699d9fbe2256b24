/** `liqnb export`. */
import { extname, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { toIpynb } from '../notebook/ipynb.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import type { Notebook } from '../notebook/types.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { readNotebook, readTarget, STDOUT, writeTarget } from './files.ts'
import { htmlPage } from './page.ts'

const HELP = `Write a notebook with its saved outputs in another format. Runs no code.

Usage: liqnb export NOTEBOOK [options]

Options:
      --to FORMAT    html (a page that works offline; the default) or ipynb (for Jupyter's tools).
  -o, --output FILE  The file to write; "-" is the standard output. Default: next to the notebook, with the same name.
  -h, --help         Show this help.
`

const FORMATS: { [format: string]: (notebook: Notebook, file: string, environment: Environment) => Promise<string> } = {
  html: htmlPage,
  ipynb: async notebook => serializeNotebook(toIpynb(notebook)),
}

export const exportNotebook: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {
    to: { type: 'string', default: 'html' },
    output: { type: 'string', short: 'o' },
  })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const name = oneFile(positionals)
  const format = Object.hasOwn(FORMATS, values.to) ? FORMATS[values.to] : undefined
  if (!format)
    throw new UsageError(`--to takes ${Object.keys(FORMATS).join(' or ')}, found ${JSON.stringify(values.to)}`)
  const stem = name.slice(0, name.length - extname(name).length)
  const output = values.output ?? `${stem}.${values.to}`
  const [file, target] = [resolve(environment.cwd, name), readTarget(output, environment)]
  if (target === file) throw new UsageError(`${output} is the notebook itself; name another file with -o`)

  await writeTarget(target, await format(await readNotebook(file, environment.stderr), file, environment), environment)
  if (target !== STDOUT) environment.stderr.write(`Wrote ${oneLine(output, 1000)}\n`)
  return EXIT.ok
}
