import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { cli } from '../../src/cli/cli.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { Cell, Notebook } from '../../src/notebook/types.ts'

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

/** An empty folder for each test, with helpers to fill and read it. */
export function useFolder() {
  const folder = {
    path: '',
    at: (name: string) => join(folder.path, name),
    read: (name: string) => readFile(folder.at(name), 'utf8'),
    /** Writes a notebook of these cells; a string is a code cell. */
    write: (name: string, ...cells: (string | Cell)[]) => {
      const notebook = newNotebook(
        cells.map((cell, i) => (typeof cell === 'string' ? newCodeCell(`c${i + 1}`, cell) : cell)),
      )
      return writeFile(folder.at(name), serializeNotebook(notebook))
    },
    notebook: async (name: string): Promise<Notebook> => parseNotebook(await folder.read(name)),
    /** What each cell shows: its texts, one a line. */
    shown: async (name: string): Promise<string[]> => (await folder.notebook(name)).cells.map(textOf),
  }
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'liqnb-cli-'))
  })
  afterEach(() => rm(folder.path, { recursive: true, force: true }))
  return folder
}

function textOf(cell: Cell): string {
  if (cell.cell_type !== 'code') return ''
  return cell.outputs
    .map(output => {
      if (output.output_type === 'stream') return output.text
      return output.output_type === 'error' ? `${output.ename}: ${output.evalue}` : output.data['text/plain']
    })
    .join('\n')
}

/** Runs a command within this process: for commands that start no kernel. */
export async function runCommand(cwd: string, ...args: string[]): Promise<Finished> {
  const text = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof text) => ({
    write: (part: string) => {
      text[name] += part
    },
  })
  const environment = {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd,
    dist: pathToFileURL(`${cwd}/`),
    signal: new AbortController().signal,
  }
  return { code: await cli(args, environment), ...text }
}

/** Builds the command line, the kernel and the page's script as esbuild.mjs does, without the research library. */
export function useBuiltCli() {
  const built = { dir: '', cli: '' }
  beforeAll(async () => {
    built.dir = await mkdtemp(join(tmpdir(), 'liqnb-dist-'))
    built.cli = join(built.dir, 'cli.mjs')
    const common = { bundle: true, legalComments: 'none' } as const
    await Promise.all([
      build({
        ...common,
        entryPoints: { cli: 'src/cli/main.ts', kernel: 'src/kernel/process.ts' },
        outdir: built.dir,
        platform: 'node',
        target: 'node20',
        format: 'esm',
        // Only a download needs it, and it would take seconds to bundle.
        external: ['ccxt'],
        splitting: true,
        outExtension: { '.js': '.mjs' },
        banner: {
          js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
        },
      }),
      build({
        ...common,
        entryPoints: { page: 'renderers/page/index.ts' },
        outdir: join(built.dir, 'renderers'),
        platform: 'browser',
        target: 'es2022',
        format: 'iife',
        minify: true,
      }),
    ])
  }, 60_000)
  const running = new Set<ChildProcess>()
  afterEach(() => {
    // What a failed test left behind; its kernel goes with it.
    for (const process of running) process.kill('SIGKILL')
  })
  afterAll(() => rm(built.dir, { recursive: true, force: true }))

  return {
    get dir() {
      return built.dir
    },
    /** Starts the built command line; `finished` resolves when it has ended and all its text is read. */
    start(cwd: string, ...args: string[]) {
      const process = spawn(globalThis.process.execPath, [built.cli, ...args], { cwd })
      const text = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        process[name].setEncoding('utf8').on('data', (part: string) => {
          text[name] += part
        })
      }
      running.add(process)
      const finished = new Promise<Finished>(resolve => {
        process.on('close', code => {
          running.delete(process)
          resolve({ code, ...text })
        })
      })
      return { process, text, finished }
    },
    run(cwd: string, ...args: string[]): Promise<Finished> {
      return this.start(cwd, ...args).finished
    },
  }
}
