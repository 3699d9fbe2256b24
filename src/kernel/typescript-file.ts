/** Loads the built TypeScript compiler outside the kernel process. */
import { readFile } from 'node:fs/promises'
import type ts from '@typescript/typescript6'

let loaded: Promise<typeof ts> | undefined

/** @param file path of `dist/typescript.cjs`, which takes its globals as a parameter; read when it is first needed */
export function loadTypeScriptFile(file: string): Promise<typeof ts> {
  loaded ??= readFile(file, 'utf8').then(code => {
    const module = { exports: {} as typeof ts }
    const run = new Function('module', 'exports', '__globals', code)
    run(module, module.exports, globalThis)
    return module.exports
  })
  return loaded
}
