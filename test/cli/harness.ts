/** Runs commands within the test's process or as the built command line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { rendererBuilds } from '../../renderers/build.mjs'
import { cli } from '../../src/cli/cli.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { Cell, Notebook } from '../../src/notebook/types.ts'
import { bundleKernel } from '../bundle.mjs'

export interface CommandResult {
  code: number | null
  stdout: string
  stderr: string
}

/** An empty folder for each test, with helpers to write and read it. */
export function useFolder() {
  const folder = {
    path: '',
    at: (name: string) => join(folder.path, name),
    read: (name: string) => readFile(folder.at(name), 'utf8'),
    /** Writes a notebook; a string is a code cell. */
    write: (name: string, ...cells: (string | Cell)[]) => {
      const notebook = newNotebook(
        cells.map((cell, i) => (typeof cell === 'string' ? newCodeCell(`c${i + 1}`, cell) : cell)),
      )
      return writeFile(folder.at(name), serializeNotebook(notebook))
    },
    notebook: async (name: string): Promise<Notebook> => parseNotebook(await folder.read(name)),
    /** The text of each cell's outputs, one per line. */
    outputTexts: async (name: string): Promise<string[]> => (await folder.notebook(name)).cells.map(textOf),
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

/** Runs a command within this process, for commands that start no kernel. */
export async function runCommand(cwd: string, ...args: string[]): Promise<CommandResult> {
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

/** Builds the command line, the kernel and the page's script like esbuild.mjs, without the research library. */
export function useBuiltCli() {
  const built = { dir: '', cli: '' }
  beforeAll(async () => {
    built.dir = await mkdtemp(join(tmpdir(), 'liqnb-dist-'))
    built.cli = join(built.dir, 'cli.mjs')
    await Promise.all([
      // Bundling ccxt takes seconds, and only downloads need it.
      bundleKernel({ cli: 'src/cli/main.ts' }, built.dir, { external: ['ccxt'] }),
      ...rendererBuilds(join(built.dir, 'renderers')).map(options => build(options)),
    ])
  }, 240_000)
  const running = new Set<ChildProcess>()
  afterEach(() => {
    // Ends what a failed test has left running, with its kernel.
    for (const process of running) process.kill('SIGKILL')
  })
  afterAll(() => rm(built.dir, { recursive: true, force: true }))

  return {
    get dir() {
      return built.dir
    },
    /** Starts the built command line; `finished` resolves when it has ended and all its output is read. */
    start(cwd: string, ...args: string[]) {
      const process = spawn(globalThis.process.execPath, [built.cli, ...args], { cwd })
      const text = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        process[name].setEncoding('utf8').on('data', (part: string) => {
          text[name] += part
        })
      }
      running.add(process)
      const finished = new Promise<CommandResult>(resolve => {
        process.on('close', code => {
          running.delete(process)
          resolve({ code, ...text })
        })
      })
      return { process, text, finished }
    },
    run(cwd: string, ...args: string[]): Promise<CommandResult> {
      return this.start(cwd, ...args).finished
    },
  }
}
