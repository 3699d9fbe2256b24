/** A real ClickHouse server in a temporary folder. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Old servers know neither of the options that only tell something, and end with an error. */
export const hasClickHouse = spawnSync('clickhouse-server', ['--version'], { stdio: 'ignore' }).error === undefined

export interface LocalClickHouse {
  /** With user and password. */
  url: string
  host: string
  /** Runs a query, and resolves to the answer's text. */
  run(sql: string): Promise<string>
  close(): Promise<void>
}

export const USER = 'quant'
/** Of characters that an address must escape. */
export const PASSWORD = 's3:cr/et@'

export async function startClickHouse(): Promise<LocalClickHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-clickhouse-'))
  const [http, tcp] = [await freePort(), await freePort()]
  // A time zone other than UTC, which must change nothing.
  const config = `<yandex>
    <logger><level>warning</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger>
    <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
    <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><timezone>Asia/Tokyo</timezone>
    <mark_cache_size>1000000</mark_cache_size><users_config>users.xml</users_config>
    <default_profile>default</default_profile><default_database>default</default_database>
  </yandex>`
  const users = `<yandex><profiles><default/></profiles>
    <users><${USER}><password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
    <quota>default</quota></${USER}></users><quotas><default/></quotas></yandex>`
  writeFileSync(join(folder, 'config.xml'), config)
  writeFileSync(join(folder, 'users.xml'), users)
  const child = spawn('clickhouse-server', [`--config-file=${join(folder, 'config.xml')}`], {
    cwd: folder,
    stdio: 'ignore',
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const host = `127.0.0.1:${http}`
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`
  const server: LocalClickHouse = {
    url: `http://${USER}:${encodeURIComponent(PASSWORD)}@${host}`,
    host,
    async run(sql) {
      const response = await fetch(`http://${host}/?wait_end_of_query=1`, {
        method: 'POST',
        body: sql,
        headers: { authorization },
      })
      const text = await response.text()
      if (!response.ok) throw new Error(text)
      return text
    },
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (let left = 200; ; left--) {
    try {
      await server.run('SELECT 1')
      return server
    } catch (error) {
      if (left === 0 || child.exitCode !== null) {
        await server.close()
        throw error
      }
      await sleep(50)
    }
  }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
