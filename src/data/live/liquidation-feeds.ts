/** The units in which feeds of liquidations count. */
import type { Connection } from '../exchange/connect.ts'

/** How the amounts of an exchange's feed become coins; null where they are coins. */
export function contractNote({ exchange, instrument }: Pick<Connection, 'exchange' | 'instrument'>): string | null {
  const { contractSize = 1, inverse, base } = instrument
  if (inverse) return `liquidations: ${exchange.id} counts contracts of ${contractSize} USD; they are stored in ${base}`
  if (contractSize === 1) return null
  return `liquidations: ${exchange.id} counts contracts of ${contractSize} ${base}; they are stored in ${base}`
}
