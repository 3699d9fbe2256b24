/** Packs the npm package once and installs it in an empty project, for all tests of this folder. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureBuilt, root } from '../build.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a project that has the packed package installed and nothing else. */
    consumer: string
  }
}

export default function setup({ provide }: TestProject): () => void {
  ensureBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-consumer-'))
  // npm and npx are batch files on Windows, which need a shell.
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder)) as {
    filename: string
    size: number
    unpackedSize: number
  }[]
  if (packed === undefined) throw new Error('npm pack made no package')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n')
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`)
  const installed = readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'))
  if (installed.join() !== 'liqnb') throw new Error(`the package brought ${installed.join(', ')}`)
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  console.info(`npm package: ${megabytes(packed.size)} packed, ${megabytes(packed.unpackedSize)} unpacked`)
  provide('consumer', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
