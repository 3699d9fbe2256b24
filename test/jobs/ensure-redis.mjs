/** Finds or installs a Redis server. */
import { spawnSync } from 'node:child_process'

/** The version of the `redis-server` of this machine, installed by Debian's apt if need be; undefined without one. */
export function ensureRedis() {
  const found = redisVersion()
  if (found || process.platform !== 'linux' || process.getuid?.() !== 0) return found
  console.log('Installing Redis (apt-get install redis-server) …')
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update'], quiet)
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], quiet)
  return redisVersion()
}

function redisVersion() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return status === 0 ? (/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown version') : undefined
}
