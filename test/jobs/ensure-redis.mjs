/** Finds or installs a Redis server. */
import { spawnSync } from 'node:child_process'
import { installPackage } from '../apt.mjs'

/** The version of the `redis-server` of this machine, installed by Debian's apt if need be; undefined without one. */
export function ensureRedis() {
  const found = redisVersion()
  if (found) return found
  installPackage('Redis', 'redis-server')
  return redisVersion()
}

function redisVersion() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return status === 0 ? (/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown version') : undefined
}
