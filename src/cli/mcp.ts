/** `liqnb mcp`. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from './arguments.ts'
import { CliError, type Command, EXIT, UsageError } from './environment.ts'
import { describeReason } from './files.ts'

const HELP = `Serve the notebooks of a folder to a language model, by the Model Context Protocol on the standard streams.

Usage: liqnb mcp [FOLDER] [options]

The tools list notebooks and cells, read outputs, query tables, explain errors, and run cells or notebooks as they
are. Only notebooks in FOLDER (default: the current folder) are read or run. Before each run the client asks you.

Options:
      --allow-run  Also run cells where the client cannot ask. Only in a folder whose notebooks you trust.
  -h, --help       Show this help.

In the settings of an MCP client: { "command": "liqnb", "args": ["mcp", "/path/to/notebooks"] }
`

export const mcp: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, { 'allow-run': { type: 'boolean', default: false } })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [name = '.', ...others] = positionals
  if (others.length > 0) throw new UsageError(`Only one folder is possible, but there is also ${others.join(', ')}`)
  // The protocol's library is loaded here only.
  const { openFolder } = await import('./mcp/folder.ts')
  const { NotebookKernels } = await import('./mcp/kernels.ts')
  const { serve } = await import('./mcp/server.ts')
  const folder = await openFolder(resolve(environment.cwd, name)).catch(error => {
    throw new CliError(`Cannot open ${name}: ${describeReason(error)}`)
  })
  const kernels = new NotebookKernels(folder, fileURLToPath(new URL('kernel.mjs', environment.dist)))
  try {
    await serve({ folder, kernels, allowRun: values['allow-run'] }, environment)
  } finally {
    await kernels.dispose()
  }
  return EXIT.ok
}
