import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a script of the benchmark, run in a process of its own, prints as JSON. */
export function inProcess<T>(script: string, args: readonly (string | number)[]): Promise<T> {
  const path = fileURLToPath(new URL(`${script}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(JSON.parse(output) as T)
      else reject(new Error(`The process of ${script} ended with code ${code}`))
    })
  })
}

/** Linux counts what the parent had when it forked into maxRSS; VmHWM is of this process alone. */
export function peakMb(): number {
  if (process.platform === 'linux')
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024
  return process.resourceUsage().maxRSS / 1024
}
