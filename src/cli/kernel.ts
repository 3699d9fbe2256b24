/** `liqnb kernel`. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PORTABLE_OUTPUTS } from '../common/host.ts'
import { didYouMean, listWords } from '../common/options.ts'
import { createSession } from '../kernel/session.ts'
import { readArguments } from './arguments.ts'
import { type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { Connection, readConnectionFile } from './jupyter/connection.ts'
import { serveKernel } from './jupyter/kernel.ts'
import { kernelFolder, removeSpec, writeSpec } from './jupyter/spec.ts'
import { findZeroMq, loadZeroMq } from './jupyter/zeromq.ts'

const HELP = `Run the cells of a notebook in Jupyter: JupyterLab, nbclient, nbconvert.

Usage: liqnb kernel install [options]
       liqnb kernel uninstall [options]

Needs the package zeromq: npm install -g zeromq

Options:
      --prefix DIR  Install into an environment, such as Conda's or Python's. Default: for the user.
  -h, --help        Show this help.
`

const ACTIONS = ['install', 'uninstall', 'start']

export const kernel: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, { prefix: { type: 'string' }, zeromq: { type: 'string' } })
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [action, ...others] = positionals
  if (action === undefined || !ACTIONS.includes(action))
    throw new UsageError(
      action === undefined
        ? 'kernel takes install or uninstall'
        : `kernel takes ${listWords(ACTIONS.slice(0, 2))}, found ${JSON.stringify(action)}${didYouMean(action, ACTIONS)}`,
    )
  const folder = kernelFolder(values.prefix, environment.cwd)
  if (action === 'start') return start(others[0], values.zeromq, environment)
  if (others.length > 0) throw new UsageError(`kernel ${action} takes no ${JSON.stringify(others[0])}`)
  if (action === 'uninstall') {
    await removeSpec(folder)
    environment.stderr.write(`Removed ${folder}\n`)
    return EXIT.ok
  }
  const zeromq = findZeroMq(environment)
  // Found now, because Jupyter starts the kernel in the folder of the notebook.
  const cli = fileURLToPath(new URL('cli.mjs', environment.dist))
  await loadZeroMq(zeromq)
  await writeSpec(folder, [process.execPath, cli, 'kernel', 'start', '--zeromq', zeromq], environment)
  environment.stderr.write(`Installed ${folder}; choose "Liqnb (TypeScript)" in JupyterLab\n`)
  return EXIT.ok
}

/** As Jupyter calls it. */
async function start(file: string | undefined, zeromq: string | undefined, environment: Environment): Promise<number> {
  if (file === undefined) throw new UsageError('kernel start takes a connection file')
  const connectionFile = await readConnectionFile(resolve(environment.cwd, file))
  const connection = await Connection.open(connectionFile, await loadZeroMq(zeromq ?? findZeroMq(environment)))
  const session = createSession({
    entry: fileURLToPath(new URL('kernel.mjs', environment.dist)),
    cwd: environment.cwd,
    // Jupyter draws figures and tables, and not our explorer.
    env: { [PORTABLE_OUTPUTS]: '1' },
  })
  const stopped = new Promise<void>(end => environment.signal.addEventListener('abort', () => end(), { once: true }))
  await Promise.race([serveKernel(connection, session), stopped])
  await session.dispose()
  await connection.close()
  return EXIT.ok
}
