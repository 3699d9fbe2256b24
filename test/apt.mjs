/** Installs what tests need besides npm packages. */
import { spawnSync } from 'node:child_process'

/**
 * Installs one of Debian's packages, where that is possible: on Linux as root. Whether it worked is for the caller to look.
 *
 * @param {string} name of the program, for the log
 * @param {string} apt the package's name
 */
export function installPackage(name, apt) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  console.log(`Installing ${name} (apt-get install ${apt}) …`)
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update'], quiet)
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', apt], quiet)
}
