/** The kernel specification, by which Jupyter finds and starts the kernel. */
import { rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { KERNELSPEC } from '../../notebook/create.ts'
import type { Environment } from '../environment.ts'
import { writeTarget } from '../files.ts'

/** The folder of the user's kernels, or of those of an environment. @param prefix of the environment, such as of Conda */
export function kernelFolder(
  prefix: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(
    prefix === undefined ? dataFolder(env) : join(resolve(cwd, prefix), 'share/jupyter'),
    'kernels',
    KERNELSPEC.name,
  )
}

/** @see https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library/Jupyter')
  if (process.platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData/Roaming'), 'jupyter')
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'jupyter')
}

/** @param argv the command that starts the kernel, up to the connection file */
export async function writeSpec(folder: string, argv: readonly string[], environment: Environment): Promise<void> {
  const spec = {
    argv: [...argv, '{connection_file}'],
    display_name: KERNELSPEC.display_name,
    language: KERNELSPEC.language,
    interrupt_mode: 'message',
  }
  await writeTarget(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`, environment)
}

export const removeSpec = (folder: string) => rm(folder, { recursive: true, force: true })
