/** Runs Python with nbformat, to compare with the official implementation. */
import { execFileSync } from 'node:child_process'

/** A Python with nbformat; undefined if there is none. */
export const python = ['python3', '/usr/bin/python3'].find(candidate => {
  try {
    execFileSync(candidate, ['-c', 'import nbformat'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

/** Runs a Python program that reads JSON from stdin and prints JSON. */
export function runPython(program: string, input: unknown): unknown {
  if (python === undefined) throw new Error('There is no Python with nbformat.')
  const output = execFileSync(python, ['-W', 'ignore', '-c', program], {
    input: JSON.stringify(input),
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    maxBuffer: 1 << 28,
  })
  return JSON.parse(output.toString())
}
