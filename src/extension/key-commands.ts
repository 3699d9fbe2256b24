/** The commands that store, list and remove keys of exchanges. None shows the value of a key. */
import * as vscode from 'vscode'
import { type ExchangeKey, keyName, keyProblem } from '../common/exchange-key.ts'
import type { ExchangeKeys } from './exchange-keys.ts'
import { VENUES } from './known-markets.ts'

const OTHER = 'Another exchange…'
const REMOVE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Remove the Key' }

/** Registers the commands; they exist only in a trusted workspace. */
export function registerKeyCommands(keys: ExchangeKeys): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('liqnb.setExchangeKey', (name?: unknown) => setKey(keys, name)),
    vscode.commands.registerCommand('liqnb.removeExchangeKey', () => removeKey(keys)),
    vscode.commands.registerCommand('liqnb.listExchangeKeys', () => listKeys(keys)),
  )
}

async function setKey(keys: ExchangeKeys, asked: unknown): Promise<void> {
  const name = typeof asked === 'string' ? keyName(asked) : await chooseExchange(keys)
  if (name === undefined) return
  const key = await askForKey(name)
  if (key === undefined) return
  await keys.set(name, key)
  void vscode.window.showInformationMessage(
    `The key of ${name} is stored in VS Code's secret storage. A notebook that needs it asks you first.`,
  )
}

async function removeKey(keys: ExchangeKeys): Promise<void> {
  if (keys.names.length === 0) return void vscode.window.showInformationMessage('No key of an exchange is stored.')
  const name = await vscode.window.showQuickPick([...keys.names], { title: 'Remove Exchange Key' })
  if (name !== undefined) await remove(keys, name)
}

async function remove(keys: ExchangeKeys, name: string): Promise<void> {
  await keys.remove(name)
  void vscode.window.showInformationMessage(
    `The key of ${name} is removed. A kernel that has it keeps it until it is restarted.`,
  )
}

async function listKeys(keys: ExchangeKeys): Promise<void> {
  const add: vscode.QuickPickItem = { label: '$(add) Set Exchange Key…' }
  const list = vscode.window.createQuickPick()
  list.title = 'Exchange Keys'
  list.placeholder = 'Choose a key to replace it'
  const draw = () => {
    list.items = [
      ...keys.names.map(name => ({ label: name, description: 'in the secret storage of VS Code', buttons: [REMOVE] })),
      add,
    ]
  }
  draw()
  list.onDidTriggerItemButton(async ({ item }) => {
    await remove(keys, item.label)
    draw()
  })
  list.onDidAccept(() => {
    const [chosen] = list.activeItems
    list.hide()
    if (chosen !== undefined) void setKey(keys, chosen === add ? undefined : chosen.label)
  })
  list.onDidHide(() => list.dispose())
  list.show()
}

/** The name of the key of an exchange that the user chooses. */
async function chooseExchange(keys: ExchangeKeys): Promise<string | undefined> {
  const names = [...new Set([...VENUES.map(({ id }) => keyName(id)), ...keys.names])]
  const items = names.map(label =>
    keys.names.includes(label) ? { label, description: 'replaces the stored key' } : { label },
  )
  const picked = await vscode.window.showQuickPick([...items, { label: OTHER }], {
    title: 'Set Exchange Key',
    placeHolder: 'The exchange whose key to store',
  })
  if (picked?.label !== OTHER) return picked?.label
  const id = await vscode.window.showInputBox({
    title: 'Set Exchange Key',
    prompt: "The exchange's id in ccxt, as cells name it, e.g. kucoin",
    validateInput: text =>
      /^[a-z0-9]{1,40}$/.test(text.trim()) ? undefined : 'An id has small letters and digits only',
  })
  return id === undefined ? undefined : keyName(id.trim())
}

async function askForKey(name: string): Promise<ExchangeKey | undefined> {
  const ask = (step: number, prompt: string, mayBeEmpty = false) =>
    vscode.window.showInputBox({
      title: `Key of ${name} (${step} of 3)`,
      prompt,
      password: true,
      ignoreFocusOut: true,
      validateInput: text => (mayBeEmpty && text.trim() === '' ? undefined : keyProblem(text)),
    })
  const apiKey = await ask(1, 'The API key. One that may only read is enough.')
  if (apiKey === undefined) return undefined
  const secret = await ask(2, 'The secret of the key')
  if (secret === undefined) return undefined
  const password = await ask(
    3,
    'The passphrase, if the exchange has one (OKX, Bitget, KuCoin); else leave it empty',
    true,
  )
  if (password === undefined) return undefined
  return { apiKey: apiKey.trim(), secret: secret.trim(), ...(password.trim() !== '' && { password: password.trim() }) }
}
