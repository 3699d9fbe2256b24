/** TypeScript for `liqnb check`: the compiler that the kernel uses too, with file access of its own. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import { builtDeclarations } from '../language/built-declarations.ts'
import type { TypeScript } from '../language/scan-cell.ts'
import type { FileSystem, ServiceFiles } from '../language/service-files.ts'

/** @param dist the folder of the built files */
export function loadTypeScript(dist: URL): TypeScript {
  const url = new URL('typescript.cjs', dist)
  const module = { exports: {} }
  // The bundle takes the globals of a realm, because the kernel has one of its own.
  const load = compileFunction(readFileSync(url, 'utf8'), ['__globals', 'module', 'require'], { filename: url.href })
  load(globalThis, module, createRequire(url))
  return module.exports as TypeScript
}

/** The files that TypeScript reads besides the cells. */
export function serviceFiles(dist: URL): ServiceFiles {
  const folder = toSlashes(fileURLToPath(dist)).replace(/\/$/, '')
  return {
    system: fileSystem,
    declarations: builtDeclarations(folder),
    getDefaultLibFileName: () => `${folder}/cell-types/language/lib.d.ts`,
  }
}

/** A path as TypeScript writes it. */
export function toSlashes(path: string): string {
  return path.replaceAll('\\', '/')
}

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false })

const fileSystem: FileSystem = {
  useCaseSensitiveFileNames: process.platform !== 'win32' && process.platform !== 'darwin',
  fileExists: path => statOf(path)?.isFile() ?? false,
  directoryExists: path => statOf(path)?.isDirectory() ?? false,
  readFile(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  },
  getDirectories(path) {
    try {
      return readdirSync(path, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
    } catch {
      return []
    }
  },
  // Only completion lists files.
  readDirectory: () => [],
  realpath(path) {
    try {
      return toSlashes(realpathSync.native(path))
    } catch {
      return path
    }
  },
  getModifiedTime: path => statOf(path)?.mtime,
}
