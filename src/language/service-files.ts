/** What TypeScript reads besides the cells. */
import type ts from '@typescript/typescript6'

/** The type declarations for cells, as paths with forward slashes. */
export interface Declarations {
  /** Files in it do not change while the program runs. */
  folder: string
  /** The folder for `/// <reference types>`, instead of the notebook's own, which may have other versions. */
  types: string
  /** Declarations of globals. */
  ambient: readonly string[]
  /** Declarations of modules, by specifier. */
  modules: { readonly [specifier: string]: string }
}

/** The part of `ts.sys` that reads files. */
export type FileSystem = Pick<
  ts.System,
  | 'useCaseSensitiveFileNames'
  | 'fileExists'
  | 'readFile'
  | 'directoryExists'
  | 'getDirectories'
  | 'readDirectory'
  | 'realpath'
  | 'getModifiedTime'
>

/** Where the service finds what is not a cell. */
export interface ServiceFiles {
  system: FileSystem
  declarations: Declarations
  getDefaultLibFileName(options: ts.CompilerOptions): string
  /** A file that is open in an editor, which may differ from the one on disk. */
  openFile?(fileName: string): { version: string; snapshot: ts.IScriptSnapshot } | undefined
}
