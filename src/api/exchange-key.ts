/** `liq.exchangeKey`: the user's own key of an exchange. */
import { type ExchangeKey, keyName } from '../common/exchange-key.ts'
import { currentTask } from '../common/host.ts'
import { invalidOption } from '../common/options.ts'
import { askForKey } from '../data/exchange/sign-with-key.ts'

/**
 * The user's key of an exchange, as ccxt's classes take it. In VS Code it comes from the secret storage, and the first use in a
 * notebook asks; elsewhere from the environment (`LIQNB_BINANCE_API_KEY`, `LIQNB_BINANCE_SECRET`, `LIQNB_BINANCE_PASSWORD`). In a
 * notebook its values are hidden in all outputs. A key that may only read is enough.
 *
 * @param exchange a ccxt id; the ids of Binance share one key
 * @throws OptionError that says why there is none
 * @example const { apiKey } = await liq.exchangeKey('binanceusdm')
 */
export async function exchangeKey(exchange: string): Promise<ExchangeKey> {
  if (typeof exchange !== 'string' || !/^[a-z0-9]{1,40}$/.test(exchange))
    throw invalidOption('liq.exchangeKey', 'exchange', exchange, 'a ccxt id such as binanceusdm')
  const answer = await askForKey({ name: keyName(exchange) }, currentTask())
  if ('refusal' in answer)
    throw invalidOption('liq.exchangeKey', 'exchange', exchange, `one with a key: ${answer.refusal}`)
  return answer.key
}
