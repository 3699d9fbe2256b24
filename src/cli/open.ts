/** Opens a file with the program that the system has for it. */
import { spawn } from 'node:child_process'
import { CliError } from './environment.ts'

const PROGRAMS: { [platform: string]: [string, ...string[]] } = {
  darwin: ['open'],
  // `start` takes its first quoted argument for the title of a window.
  win32: ['cmd', '/c', 'start', '""'],
}

/** Does not wait for the program. @throws CliError where there is none */
export async function openFile(path: string): Promise<void> {
  const [program, ...args] = PROGRAMS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, path], { detached: true, stdio: 'ignore' })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', error => {
      reject(
        new CliError(`Cannot open ${path}: ${program} cannot be started (${error.message}). Open it in a browser.`),
      )
    })
  })
  child.unref()
}
