/** `liqnb new`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { didYouMean, listWords } from '../common/options.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { findTemplate, notebookFrom, TEMPLATES, type Template } from '../notebook/templates.ts'
import { oneFile, readArguments } from './arguments.ts'
import { CliError, type Command, EXIT, UsageError } from './environment.ts'
import { describeReason } from './files.ts'

const HELP = `Create a notebook, empty or from a template.

Usage: liqnb new FILE [options]

A name without an extension gets .liqnb. An existing file is never overwritten.

Options:
      --from TEMPLATE  What the notebook starts with. Default: one empty cell.
  -h, --help           Show this help.

Templates:
${TEMPLATES.map(({ name, description }) => `  ${name.padEnd(12)} ${description}.`).join('\n')}
`

export const createNotebook: Command = async (args, { stdout, stderr, cwd }) => {
  const { values, positionals } = readArguments(args, { from: { type: 'string' } })
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const file = oneFile(positionals)
  const name = extname(file) === '' ? `${file}.liqnb` : file
  const path = resolve(cwd, name)
  const notebook = notebookFrom(values.from === undefined ? undefined : templateOf(values.from))
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, serializeNotebook(notebook), { flag: 'wx' })
  } catch (error) {
    throw new CliError(`Cannot create ${name}: ${describeReason(error)}`)
  }
  stderr.write(`Wrote ${oneLine(name, 1000)}\n`)
  return EXIT.ok
}

function templateOf(name: string): Template {
  const template = findTemplate(name)
  if (template !== undefined) return template
  const names = TEMPLATES.map(known => known.name)
  throw new UsageError(`--from takes ${listWords(names)}, found ${JSON.stringify(name)}${didYouMean(name, names)}`)
}
