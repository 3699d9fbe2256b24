/** The user's own key of an exchange, for what it serves only with one. */
import { type KeyAnswer, type KeyRequest, keyFromEnvironment, keyName } from '../../common/exchange-key.ts'
import type { Task } from '../../common/host.ts'
import type { Connection } from './connect.ts'
import { abortable } from './shared-task.ts'

/** Connections whose key came from the user's host and not from the cell: it may have been replaced since. */
const keyed = new WeakSet<object>()

/**
 * Lets a connection sign its requests, with the key that the cell gave itself (`ccxt: { apiKey, secret }`) or else with the one
 * that the user's host has for this exchange.
 *
 * @returns why there is no key, and what to do; undefined if there is one
 */
export async function signWithKey({ exchange, server }: Connection, task: Task): Promise<string | undefined> {
  if (exchange.apiKey && !keyed.has(exchange)) return undefined
  const name = keyName(exchange.id)
  const answer = await askForKey({ name, ...(server !== undefined && { server }) }, task)
  if ('refusal' in answer) return answer.refusal
  Object.assign(exchange, answer.key)
  keyed.add(exchange)
  return undefined
}

/** The key of the user's host; without a host that has keys, that of the environment variables. */
export function askForKey(request: KeyRequest, task: Task): Promise<KeyAnswer> {
  if (task.exchangeKey === undefined) return Promise.resolve(keyFromEnvironment(request.name, process.env))
  task.progress(`Waiting for the key of ${request.name}`)
  return abortable(task.exchangeKey(request), task.signal)
}
