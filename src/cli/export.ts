/** `liqnb export`. */
import { extname, resolve } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { listWords } from '../common/options.ts'
import type { Notebook } from '../notebook/types.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { exportSite } from './export-site.ts'
import { keepExisting, readNotebook, readTarget, STDOUT, writeTarget } from './files.ts'
import { htmlPage } from './page.ts'

const HELP = `Write a notebook with its saved outputs in another format. Runs no code.

Usage: liqnb export NOTEBOOK [options]
       liqnb export --site FOLDER NOTEBOOK… [options]

Options:
      --to FORMAT    html (a page that works offline; the default), ipynb (for Jupyter's tools, with a Plotly figure of each
                     map, study, market and board), md (Markdown), or ts (a program for Node.js).
  -o, --output FILE  The file to write; "-" is the standard output. Default: next to the notebook, with the same name,
                     if there is no such file yet or it is a page.
      --no-code      Of html and md: leave out the code, and cells that show nothing.
      --inline       Of md: put images into the text. Default: in a folder beside it, NAME_files.
      --site FOLDER  Write a page for each of the notebooks, and an index of them; links between them lead to the pages.
  -h, --help         Show this help.
`

/** What a format is made with. `target` is where it goes, as {@link readTarget} gives it. */
interface ExportOptions {
  target: string
  code: boolean
  inline: boolean
}

type Format = (notebook: Notebook, file: string, options: ExportOptions, environment: Environment) => Promise<string>

const FORMATS: { [format: string]: Format } = {
  html: (notebook, file, { code }, environment) => htmlPage(notebook, file, environment, { code }),
  ipynb: async (notebook, _file, _options, environment) =>
    (await import('./export-formats.ts')).ipynbText(notebook, environment),
  md: async (notebook, _file, { target, ...options }, environment) =>
    (await import('./export-formats.ts')).markdownText(notebook, target, options, environment),
  ts: async (notebook, file, _options, environment) =>
    (await import('./export-formats.ts')).scriptText(notebook, file, environment),
}

export const exportNotebook: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {
    to: { type: 'string', default: 'html' },
    output: { type: 'string', short: 'o' },
    'no-code': { type: 'boolean', default: false },
    inline: { type: 'boolean', default: false },
    site: { type: 'string' },
  })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const code = !values['no-code']
  if (values.site !== undefined) {
    if (values.to !== 'html' || values.output !== undefined || values.inline)
      throw new UsageError('--site takes notebooks and --no-code only')
    await exportSite(values.site, positionals, code, environment)
    return EXIT.ok
  }
  const name = oneFile(positionals)
  const format = Object.hasOwn(FORMATS, values.to) ? FORMATS[values.to] : undefined
  if (!format) throw new UsageError(`--to takes ${listWords(Object.keys(FORMATS))}, found ${JSON.stringify(values.to)}`)
  if (!code && values.to !== 'html' && values.to !== 'md') throw new UsageError('--no-code needs --to html or md')
  if (values.inline && values.to !== 'md') throw new UsageError('--inline needs --to md')
  const stem = name.slice(0, name.length - extname(name).length)
  const output = values.output ?? `${stem}.${values.to}`
  const [file, target] = [resolve(environment.cwd, name), readTarget(output, environment)]
  if (target === file) throw new UsageError(`${output} is the notebook itself; name another file with -o`)
  // A program, text or Jupyter notebook of this name may be somebody's work; a page is an export.
  if (values.output === undefined && values.to !== 'html') await keepExisting(target, output)

  const notebook = await readNotebook(file, environment.stderr)
  const text = await format(notebook, file, { target, code, inline: values.inline }, environment)
  await writeTarget(target, text, environment)
  if (target !== STDOUT) environment.stderr.write(`Wrote ${oneLine(output, 1000)}\n`)
  return EXIT.ok
}
