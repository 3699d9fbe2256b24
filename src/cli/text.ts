/** `liqnb text`. */
import { resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { NotebookError } from '../notebook/errors.ts'
import { parseNotebook } from '../notebook/parse.ts'
import { notebookText } from '../notebook/text.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Command, EXIT } from './environment.ts'
import { readBytes, STDOUT } from './files.ts'

const HELP = `Print a notebook as text: its cells, and what their outputs say. Runs no code.

Usage: liqnb text NOTEBOOK

"-" reads the standard input. For git, which then compares notebooks as this text:

  git config diff.liqnb.textconv "liqnb text"
  echo "*.liqnb diff=liqnb" >> .gitattributes

Options:
  -h, --help  Show this help.
`

export const text: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {})
  const { stdout, stderr, cwd } = environment
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const name = oneFile(positionals)
  const bytes = await readBytes(name === STDOUT ? STDOUT : resolve(cwd, name), environment)
  try {
    stdout.write(notebookText(parseNotebook(bytes)))
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error
    // Such as a file with marks of a conflict: git must still be able to compare it.
    stderr.write(`liqnb: ${oneLine(`${name}: ${error.message}`, 1000)}; it is shown as it is\n`)
    stdout.write(new TextDecoder().decode(bytes))
  }
  return EXIT.ok
}
