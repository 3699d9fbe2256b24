/** The tools that notebooks offer to language models in VS Code. */
import * as vscode from 'vscode'
import { DataError, oneLine } from '../common/errors.ts'
import { callReadTool, listNotebooks } from '../tools/call.ts'
import { TOOLS, type ToolDefinition } from '../tools/definitions.ts'
import { readInput } from '../tools/inputs.ts'
import type { ReadLiveTable, TableRows } from '../tools/query-table.ts'
import type { Kernels } from './kernels.ts'
import { findNamed, type NamedNotebook, namedNotebooks, openDocument, readNamed } from './tool-notebooks.ts'
import { type PlannedRun, planCell, planNotebook, runPlanned } from './tool-runs.ts'

const NO_TRUST = 'This workspace is not trusted, so cells do not run: the user can trust it.'
/** Questions that are remembered until they are answered. */
const MAX_ASKED = 100

/** @param kernels returns undefined while the workspace is not trusted */
export function registerLanguageModelTools(kernels: () => Kernels | undefined): vscode.Disposable {
  // Editors that are built from VS Code may lack it.
  if (typeof vscode.lm?.registerTool !== 'function') return new vscode.Disposable(() => {})
  return vscode.Disposable.from(
    ...TOOLS.map(tool =>
      vscode.lm.registerTool(`liqnb_${tool.name}`, tool.runs ? runner(tool, kernels) : reader(tool, kernels)),
    ),
  )
}

function reader(
  { name, title }: ToolDefinition,
  kernels: () => Kernels | undefined,
): vscode.LanguageModelTool<unknown> {
  return {
    prepareInvocation: () => ({ invocationMessage: `${title}…` }),
    async invoke({ input }) {
      if (name === 'list_notebooks') {
        const page = readInput(name, input)
        const notebooks = (await namedNotebooks()).map(named => ({ name: named.name, read: () => readNamed(named) }))
        return textResult(await listNotebooks(notebooks, false, page))
      }
      if (name === 'run_cell' || name === 'run_notebook') throw new Error(`${name} does not only read`)
      const named = await findNamed(readInput(name, input).notebook)
      return textResult(await callReadTool(name, await readNamed(named), input, liveRows(named, kernels)))
    },
  }
}

function runner(
  { name, title }: ToolDefinition,
  kernels: () => Kernels | undefined,
): vscode.LanguageModelTool<unknown> {
  /** What the user was asked about, by the input. Nothing runs that was not. */
  const asked = new Map<string, string>()
  const plan = async (input: unknown): Promise<{ named: NamedNotebook; run: PlannedRun }> => {
    if (name === 'run_cell') {
      const request = readInput(name, input)
      const named = await findNamed(request.notebook)
      return { named, run: planCell(named, await readNamed(named), request) }
    }
    const request = readInput('run_notebook', input)
    const named = await findNamed(request.notebook)
    return { named, run: planNotebook(named, await readNamed(named), request) }
  }
  return {
    async prepareInvocation({ input }) {
      const message = new vscode.MarkdownString()
      try {
        const { run } = await plan(input)
        message.appendText(run.question)
        if (run.code !== '') message.appendCodeblock(run.code, 'typescript')
        asked.set(JSON.stringify(input), run.fingerprint)
        for (const key of asked.keys()) if (asked.size > MAX_ASKED) asked.delete(key)
      } catch (error) {
        message.appendText(`This will fail: ${oneLine((error as Error).message, 500)}`)
      }
      return { invocationMessage: `${title}…`, confirmationMessages: { title: `Liqnb: ${title}`, message } }
    },
    async invoke({ input }, token) {
      const running = kernels()
      if (!vscode.workspace.isTrusted || running === undefined) throw new DataError(NO_TRUST)
      const { named, run } = await plan(input)
      const key = JSON.stringify(input)
      const fingerprint = asked.get(key)
      asked.delete(key)
      if (fingerprint !== run.fingerprint)
        throw new DataError('The notebook was changed since the user was asked, so nothing ran.')
      return textResult(await runPlanned(named, run, running, token))
    },
  }
}

/** Reads rows of a whole table from the kernel of an open notebook. */
function liveRows(named: NamedNotebook, kernels: () => Kernels | undefined): ReadLiveTable {
  return async (channel, query, start, count) => {
    const document = openDocument(named)
    const session = document && kernels()?.get(document)?.session
    if (!session?.hasChannel(channel)) return undefined
    const reply = await session.request({ channel, message: { type: 'rows', query, start, count } })
    if (!reply.ok) throw new DataError(`filters: ${reply.error}`)
    return reply.value as TableRows
  }
}

const textResult = (text: string) => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)])
