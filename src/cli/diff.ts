/** `liqnb diff`. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { NotebookError } from '../notebook/errors.ts'
import { parseNotebook } from '../notebook/parse.ts'
import { notebookText } from '../notebook/text.ts'
import { readArguments } from './arguments.ts'
import { CliError, type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { readBytes, STDOUT } from './files.ts'

const HELP = `Compare two notebooks as text: their cells, and what their outputs say. Runs no code.

Usage: liqnb diff NOTEBOOK NOTEBOOK [options]

The text is that of "liqnb text", and "-" reads the standard input. Each group of changes names the cell of its first
changed line. Needs git, in no repository. Exit code: 0 for no difference, 1 for some, 2 for an error.

Options:
  -U, --unified LINES  Lines of context around each change. Default: 3.
  -h, --help           Show this help.
`

/** As of diff. */
const DIFFERENT = 1
const TROUBLE = 2
const MAX_CONTEXT = 1_000_000
/** What git prints before the first group: names of the temporary files. */
const HEADER_LINES = 4
/** Of the text that git prints, bytes. */
const MAX_OUTPUT = 1 << 30

export const diff: Command = async (args, environment) => {
  try {
    return await compare(args, environment)
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof UsageError) throw error
    environment.stderr.write(`liqnb: ${oneLine(error.message, 1000)}\n`)
    return TROUBLE
  }
}

async function compare(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, { unified: { type: 'string', short: 'U', default: '3' } })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [before, after, ...others] = positionals
  if (before === undefined || after === undefined || others.length > 0)
    throw new UsageError(`diff takes two notebooks, found ${positionals.length}`)
  if (before === STDOUT && after === STDOUT) throw new UsageError('only one of the two can be the standard input, "-"')
  const context = Number(values.unified)
  if (!/^\d+$/.test(values.unified) || context > MAX_CONTEXT)
    throw new UsageError(
      `--unified takes a whole number from 0 to ${MAX_CONTEXT}, found ${JSON.stringify(values.unified)}`,
    )
  const texts = [await textOf(before, environment), await textOf(after, environment)] as const
  if (texts[0] === texts[1]) return EXIT.ok
  const hunks = await unifiedHunks(...texts, context, environment.stdout.isTTY === true)
  environment.stdout.write(`--- ${oneLine(before, 1000)}\n+++ ${oneLine(after, 1000)}\n${hunks}`)
  return DIFFERENT
}

async function textOf(name: string, environment: Environment): Promise<string> {
  const bytes = await readBytes(name === STDOUT ? STDOUT : resolve(environment.cwd, name), environment)
  try {
    return notebookText(parseNotebook(bytes))
  } catch (error) {
    if (error instanceof NotebookError) throw new CliError(`${name}: ${error.message}`)
    throw error
  }
}

/** The groups of changed lines as git prints them, each with the heading of the cell of its first changed line. */
async function unifiedHunks(before: string, after: string, context: number, colours: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'liqnb-diff-'))
  try {
    await writeFile(join(folder, 'before'), before)
    await writeFile(join(folder, 'after'), after)
    await writeFile(join(folder, 'attributes'), '* diff=liqnb\n')
    const settings = [
      `core.attributesFile=${join(folder, 'attributes')}`,
      'diff.liqnb.xfuncname=^=== .*',
      'core.safecrlf=false',
    ].flatMap(setting => ['-c', setting])
    const options = ['--no-index', '--no-ext-diff', '--text', `-U${context}`, colours ? '--color' : '--no-color']
    const { status, stdout, stderr, error } = spawnSync(
      'git',
      [...settings, 'diff', ...options, '--', 'before', 'after'],
      { cwd: folder, encoding: 'utf8', maxBuffer: MAX_OUTPUT },
    )
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      throw new CliError(
        'git is not found, which compares the texts; install it, or compare the output of "liqnb text"',
      )
    if (error || status !== 1) throw new CliError(`git cannot compare the texts: ${error?.message ?? stderr.trim()}`)
    return nameCells(stdout.split('\n').slice(HEADER_LINES)).join('\n')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const COLOUR = String.raw`\x1b\[[\d;]*m`
const GROUP = new RegExp(`^((?:${COLOUR})*@@ .*? @@(?:${COLOUR})*)`)

/**
 * Git names the cell in which a group begins, lines of context included. Where the heading of another cell is among these, that cell is
 * the one that has changed.
 */
function nameCells(lines: readonly string[]): string[] {
  const named = [...lines]
  let group = -1
  for (const [i, line] of lines.entries()) {
    if (GROUP.test(line)) group = i
    if (group < 0 || group === i) continue
    const plain = line.replaceAll(new RegExp(COLOUR, 'g'), '')
    if (plain.slice(1).startsWith('=== ')) named[group] = `${GROUP.exec(lines[group]!)![1]} ${plain.slice(1)}`
    if (!plain.startsWith(' ')) group = -1
  }
  return named
}
