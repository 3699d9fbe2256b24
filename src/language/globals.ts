/**
 * Declares what a cell has in scope besides Node's globals; `kernel/globals.ts` defines it. Only for cells: the program itself
 * must not include this file, or these names would be in scope there too.
 */
import type { aq as arquero, liq as library } from '../liqnb.ts'

/** An output that can be replaced in place. */
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
  /** Shows a value below the cell's earlier outputs. Another call with the same `id` replaces that output. */
  function display(value: unknown, options?: { id?: string }): DisplayHandle
  /** Shows progress below the cell; `fraction` is 0 to 1. */
  function progress(message: string, fraction?: number | null): void
  /** Removes the cell's outputs; with `wait`, only when the next output comes. */
  function clear(options?: { wait?: boolean }): void
  /** Aborts when the cell is interrupted: pass it to long-running calls. */
  const signal: AbortSignal
  interface Response {
    // biome-ignore lint/suspicious/noExplicitAny: as in a browser; nobody checks an answer before looking at it.
    json(): Promise<any>
  }
}
