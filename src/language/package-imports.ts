/** The npm packages that a completed name may be imported from: those that the notebook's project names and has installed. */
import { dirname } from 'node:path/posix'
import type ts from '@typescript/typescript6'
import type { TypeScript } from './scan-cell.ts'
import type { FileSystem } from './service-files.ts'

/** More would slow down every completion. */
const MAX_PACKAGES = 20

export class PackageImports {
  readonly #ts: TypeScript
  readonly #system: FileSystem
  readonly #folder: string
  readonly #options: ts.CompilerOptions
  #manifest: string | undefined
  #program: ts.Program | undefined

  /** @param folder of the notebook */
  constructor(typescript: TypeScript, system: FileSystem, folder: string, options: ts.CompilerOptions) {
    this.#ts = typescript
    this.#system = system
    this.#folder = folder
    this.#options = { ...options, noLib: true, lib: [], types: [], allowJs: false }
  }

  /** A program of the packages' types; undefined without any. Made again when the manifest changes. */
  program(): ts.Program | undefined {
    const manifest = this.#readManifest()
    if (manifest !== this.#manifest) {
      this.#manifest = manifest
      const rootNames = dependencies(manifest).flatMap(name => this.#typesOf(name) ?? [])
      const host = this.#ts.createCompilerHost(this.#options)
      const { readFile, fileExists, directoryExists, getDirectories, realpath } = this.#system
      const files = { readFile, fileExists, directoryExists, getDirectories, ...(realpath ? { realpath } : {}) }
      this.#program =
        rootNames.length === 0
          ? undefined
          : this.#ts.createProgram({ rootNames, options: this.#options, host: { ...host, ...files } })
    }
    return this.#program
  }

  /** The nearest package.json. */
  #readManifest(): string | undefined {
    for (let folder = this.#folder; ; folder = dirname(folder)) {
      const text = this.#system.readFile(`${folder}/package.json`)
      if (text !== undefined || folder === dirname(folder)) return text
    }
  }

  #typesOf(name: string): string | undefined {
    const host = Object.assign(Object.create(this.#system) as FileSystem, { getCurrentDirectory: () => this.#folder })
    const { resolvedModule } = this.#ts.resolveModuleName(name, `${this.#folder}/cell.ts`, this.#options, host)
    return resolvedModule?.resolvedFileName.match(/\.d\.[cm]?ts$/) ? resolvedModule.resolvedFileName : undefined
  }
}

function dependencies(manifest: string | undefined): string[] {
  try {
    const { dependencies } = JSON.parse(manifest ?? '') as { dependencies?: object }
    return Object.keys(dependencies ?? {}).slice(0, MAX_PACKAGES)
  } catch {
    return []
  }
}
