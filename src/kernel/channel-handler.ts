import type { Progress } from './protocol.ts'

/** Answers a message from a renderer. What it returns, or what that resolves to, is structured-cloned. */
export type ChannelHandler = (
  message: unknown,
  context: { signal: AbortSignal; progress(message: string, fraction?: number | null): void },
) => unknown

/** What cells and libraries find at `globalThis[Symbol.for('liqnb.channel')]`. */
export interface ChannelHost {
  /**
   * Takes requests from now on, until the cell is run again, the output is replaced or the kernel ends.
   * @param onClose called when the channel is closed, for what the handler leaves behind
   * @returns the id to put into the payload as `channel`
   */
  open(handler: ChannelHandler, onClose?: () => void): string
  close(channel: string): void
}

/** A step of work as it is told: the fraction within 0…1, or null. */
export function progressOf(message: string, fraction: number | null): Progress {
  const valid = typeof fraction === 'number' && Number.isFinite(fraction)
  return { message: String(message), fraction: valid ? Math.min(1, Math.max(0, fraction)) : null }
}
