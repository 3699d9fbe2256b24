/** Runs scripts of the benchmark in their own processes. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Runs a script in its own process and parses the JSON that it prints. */
export function runProcess<T>(script: string, args: readonly (string | number)[]): Promise<T> {
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

/** The largest resident set of this process. On Linux, maxRSS would include the parent's at the fork; VmHWM does not. */
export function peakMb(): number {
  if (process.platform === 'linux')
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  return process.resourceUsage().maxRSS / 1024
}
