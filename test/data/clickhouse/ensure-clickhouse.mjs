/** Finds or installs a ClickHouse server. */
import { spawnSync } from 'node:child_process'
import { installPackage } from '../../apt.mjs'

/** The version of the `clickhouse-server` of this machine, installed by Debian's apt if need be; undefined without one. */
export function ensureClickHouse() {
  const found = clickHouseVersion()
  if (found) return found
  installPackage('ClickHouse', 'clickhouse-server')
  return clickHouseVersion()
}

/** Old servers know no `--version`, so that Debian's package has to tell. */
function clickHouseVersion() {
  if (spawnSync('clickhouse-server', ['--version'], { stdio: 'ignore' }).error) return undefined
  const told = spawnSync('clickhouse-server', ['--version'], { encoding: 'utf8' }).stdout
  const { stdout } = spawnSync('dpkg-query', ['-W', 'clickhouse-server'], { encoding: 'utf8' })
  return /\d+\.\d+[\d.]*/.exec(`${told}${stdout ?? ''}`)?.[0] ?? 'unknown version'
}
