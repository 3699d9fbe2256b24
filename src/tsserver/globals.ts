/**
 * What a cell has in scope besides Node, as `kernel/globals.ts` puts it there. Only for the editor: it is no part of the program,
 * where these names would be in scope as well.
 */
import type * as arquero from 'arquero'
import type { liq as library } from '../liqnb.ts'

/** The place of an output. */
interface DisplayHandle {
  readonly id: string
  /** Shows another value in the same place, also from a later cell. */
  update(value: unknown): void
  /** Shows an error in the same place. */
  fail(error: unknown): void
}

declare global {
  /** The research library: markets, liquidation maps, levels, studies and evidence. */
  const liq: typeof library
  /** Arquero: tables, and the verbs to work on them. */
  const aq: typeof arquero
  /**
   * Shows a value now, below what the cell has shown so far. `id` names the place: showing another value under the same name
   * replaces it.
   */
  function display(value: unknown, options?: { id?: string }): DisplayHandle
  /** Says below the cell how far it is; `fraction` is 0 to 1. */
  function progress(message: string, fraction?: number | null): void
  /** Removes what the cell has shown so far; with `wait` only when there is something new to show. */
  function clear(options?: { wait?: boolean }): void
  /** Aborted when the cell is interrupted: hand it to what may take long. */
  const signal: AbortSignal
}
