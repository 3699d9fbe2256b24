/**
 * The user's keys of exchanges, in VS Code's secret storage. A kernel gets a key only for the exchange that its cell names, and
 * only after the user has said so for the notebook.
 */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { type ExchangeKey, KEY_FIELDS, type KeyAnswer, type KeyRequest } from '../common/exchange-key.ts'
import { isRecord } from '../common/json.ts'

/** The names of the stored keys: the secret storage itself cannot be listed. */
const NAMES = 'liqnb.exchangeKeys'
const NAME = /^[a-z0-9]{1,40}$/

const GIVE = 'Give the Key'
const SET = 'Set Exchange Key…'

export class ExchangeKeys {
  readonly #secrets: vscode.SecretStorage
  readonly #state: vscode.Memento
  /** What the user has agreed to; it ends with the notebook. */
  readonly #given = new WeakMap<vscode.NotebookDocument, Set<string>>()

  constructor(secrets: vscode.SecretStorage, state: vscode.Memento) {
    this.#secrets = secrets
    this.#state = state
  }

  /** The names of the stored keys, e.g. `binance`. */
  get names(): readonly string[] {
    return this.#state.get<string[]>(NAMES, []).toSorted()
  }

  async set(name: string, key: ExchangeKey): Promise<void> {
    await this.#secrets.store(secretId(name), JSON.stringify(key))
    await this.#state.update(NAMES, [...new Set([...this.names, name])])
  }

  /** A kernel that has the key keeps it until it ends. */
  async remove(name: string): Promise<void> {
    await this.#secrets.delete(secretId(name))
    await this.#state.update(
      NAMES,
      this.names.filter(other => other !== name),
    )
  }

  async has(name: string): Promise<boolean> {
    return (await this.#read(name)) !== undefined
  }

  /** The key for a cell of a notebook, which asks the user when the notebook needs it for the first time. */
  async give(notebook: vscode.NotebookDocument, { name, server }: KeyRequest): Promise<KeyAnswer> {
    if (!vscode.workspace.isTrusted) return { refusal: 'this workspace is not trusted' }
    if (!NAME.test(name)) return { refusal: 'this is no name of an exchange' }
    if (!(await this.has(name))) {
      void this.#offerToSet(name)
      return {
        refusal: `no key of ${name} is stored, and the command Liqnb: Set Exchange Key… stores one (a key that may only read is enough)`,
      }
    }
    const given = this.#given.get(notebook) ?? new Set()
    this.#given.set(notebook, given)
    const subject = server === undefined ? name : `${name} ${server}`
    if (!given.has(subject)) {
      if (!(await askUser(notebook, name, server)))
        return { refusal: `you did not give this notebook the key of ${name}; run the cell again to be asked again` }
      given.add(name).add(subject)
    }
    // It may have been replaced while the question was open.
    const key = await this.#read(name)
    return key === undefined ? { refusal: `the key of ${name} has been removed` } : { key }
  }

  async #read(name: string): Promise<ExchangeKey | undefined> {
    const text = await this.#secrets.get(secretId(name))
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    if (!isRecord(value)) return undefined
    const fields = KEY_FIELDS.flatMap(field => (typeof value[field] === 'string' ? [[field, value[field]]] : []))
    const key = Object.fromEntries(fields) as Partial<ExchangeKey>
    return key.apiKey === undefined || key.secret === undefined ? undefined : (key as ExchangeKey)
  }

  async #offerToSet(name: string): Promise<void> {
    const answer = await vscode.window.showInformationMessage(`A cell needs a key of ${name}, and none is stored.`, SET)
    if (answer === SET) await vscode.commands.executeCommand('liqnb.setExchangeKey', name)
  }
}

async function askUser(notebook: vscode.NotebookDocument, name: string, server: string | undefined): Promise<boolean> {
  const file = basename(notebook.uri.path)
  const detail = [
    `A cell of ${file} asks for it. The notebook's code can use the key, and read it, until its kernel ends. A key that may only read is enough: with one that may trade or withdraw, so could the code.`,
    ...(server === undefined ? [] : [`Its requests go to ${server} instead of the exchange's own servers.`]),
  ].join('\n\n')
  const question = `Give this notebook the key of ${name}?`
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, GIVE)) === GIVE
}

function secretId(name: string): string {
  return `liqnb.exchangeKey.${name}`
}
