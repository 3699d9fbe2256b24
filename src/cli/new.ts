/** `liqnb new`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { newCellId } from '../notebook/cell-ids.ts'
import { newCodeCell, newNotebook } from '../notebook/create.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { oneFile, readArguments } from './arguments.ts'
import { CliError, type Command, EXIT } from './environment.ts'
import { describeReason } from './files.ts'

const HELP = `Create a notebook with one empty cell.

Usage: liqnb new FILE

A name without an extension gets .liqnb. An existing file is never overwritten.

Options:
  -h, --help  Show this help.
`

export const createNotebook: Command = async (args, { stdout, stderr, cwd }) => {
  const { values, positionals } = readArguments(args, {})
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const file = oneFile(positionals)
  const name = extname(file) === '' ? `${file}.liqnb` : file
  const path = resolve(cwd, name)
  const notebook = newNotebook([newCodeCell(newCellId(new Set(), ''), '')])
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, serializeNotebook(notebook), { flag: 'wx' })
  } catch (error) {
    throw new CliError(`Cannot create ${name}: ${describeReason(error)}`)
  }
  stderr.write(`Wrote ${oneLine(name, 1000)}\n`)
  return EXIT.ok
}
