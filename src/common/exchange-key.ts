/** The user's keys of exchanges: what they are called, who may be asked for one, and the variables that hold them outside VS Code. */

/** What signs requests to an exchange. */
export interface ExchangeKey {
  apiKey: string
  secret: string
  /** The passphrase, where the exchange has one (OKX, Bitget, KuCoin). */
  password?: string
}

/** What code asks for. */
export interface KeyRequest {
  /** The name of the key, see {@link keyName}. */
  name: string
  /** Where the signed requests go, if not to the exchange's own servers. */
  server?: string
}

/** The key, or a sentence that says why there is none and what to do. */
export type KeyAnswer = { key: ExchangeKey } | { refusal: string }

/** The fields of a key, in the order in which they are asked for. */
export const KEY_FIELDS = ['apiKey', 'secret', 'password'] as const satisfies readonly (keyof ExchangeKey)[]

/** The parts of a key that must stay secret. */
export function keyParts(key: ExchangeKey): string[] {
  return KEY_FIELDS.flatMap(field => key[field] ?? [])
}

/** What is shown in place of a part of a key. */
export function keyLabel(name: string): string {
  return `key of ${name}`
}

/** Shorter texts are no keys, and hiding them would hide ordinary words of outputs. */
export const MIN_KEY_CHARS = 6

/** Exchanges of ccxt that are accounts of another one. */
const SAME_ACCOUNT: Readonly<Record<string, string>> = { binanceusdm: 'binance', binancecoinm: 'binance' }

const VARIABLE_FIELDS = { apiKey: 'API_KEY', secret: 'SECRET', password: 'PASSWORD' } as const
const VARIABLE = /^LIQNB_[A-Z0-9]+_(?:API_KEY|SECRET|PASSWORD)$/

/** The name of the key for an exchange of ccxt: one key of Binance serves spot and futures. */
export function keyName(exchange: string): string {
  return SAME_ACCOUNT[exchange] ?? exchange
}

/** The environment variable that holds a field of a key, e.g. `LIQNB_BINANCE_API_KEY`. */
export function keyVariable(name: string, field: keyof ExchangeKey): string {
  return `LIQNB_${name.toUpperCase().replace(/[^A-Z0-9]/g, '')}_${VARIABLE_FIELDS[field]}`
}

/** Whether an environment variable holds a part of a key. */
export function isKeyVariable(variable: string): boolean {
  return VARIABLE.test(variable)
}

/** What is wrong with a part of a key; undefined if it can be one. Never contains the text. */
export function keyProblem(text: string): string | undefined {
  if (text.trim().length < MIN_KEY_CHARS) return `too short for a key: expected at least ${MIN_KEY_CHARS} characters`
  return undefined
}

/** The key that the environment variables hold. */
export function keyFromEnvironment(name: string, env: Readonly<Record<string, string | undefined>>): KeyAnswer {
  const read = (field: keyof ExchangeKey) => env[keyVariable(name, field)]?.trim() || undefined
  const [apiKey, secret, password] = KEY_FIELDS.map(read)
  if (apiKey === undefined || secret === undefined) {
    const missing = (['apiKey', 'secret'] as const).filter(field => read(field) === undefined)
    return {
      refusal: `set the environment variable${missing.length > 1 ? 's' : ''} ${missing.map(field => keyVariable(name, field)).join(' and ')}`,
    }
  }
  for (const field of KEY_FIELDS) {
    const value = read(field)
    const problem = value === undefined ? undefined : keyProblem(value)
    if (problem !== undefined) return { refusal: `the environment variable ${keyVariable(name, field)} is ${problem}` }
  }
  return { key: { apiKey, secret, ...(password !== undefined && { password }) } }
}
