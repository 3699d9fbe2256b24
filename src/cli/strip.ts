/** `liqnb strip`. */
import { resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { NotebookError } from '../notebook/errors.ts'
import { stripOutputs } from '../notebook/strip.ts'
import { readArguments } from './arguments.ts'
import { CliError, type Command, type Environment, EXIT } from './environment.ts'
import { readBytes, STDOUT, writeTarget } from './files.ts'

const HELP = `Remove the outputs of notebooks. Every other byte of a file stays as it is.

Usage: liqnb strip [NOTEBOOK…]

Without a file, or for "-", it reads the standard input and writes the standard output, as a filter of git:

  git config filter.liqnb.clean "liqnb strip"
  echo "*.liqnb filter=liqnb" >> .gitattributes

Options:
  -h, --help  Show this help.
`

export const strip: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {})
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  if (positionals.length === 0) positionals.push(STDOUT)
  for (const name of positionals) await stripOne(name, environment)
  return EXIT.ok
}

async function stripOne(name: string, environment: Environment): Promise<void> {
  const isStream = name === STDOUT
  const file = isStream ? STDOUT : resolve(environment.cwd, name)
  const bytes = await readBytes(file, environment)
  const stripped = tryStrip(bytes, isStream ? 'the standard input' : name)
  if (isStream) environment.stdout.write(stripped)
  else if (!Buffer.from(stripped).equals(bytes)) {
    await writeTarget(file, stripped, environment)
    environment.stderr.write(`Removed the outputs of ${oneLine(name, 1000)}\n`)
  }
}

function tryStrip(bytes: Uint8Array, name: string): string {
  try {
    return stripOutputs(bytes)
  } catch (error) {
    if (error instanceof NotebookError) throw new CliError(`${name}: ${error.message}`)
    throw error
  }
}
