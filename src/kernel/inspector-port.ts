/** Lets a debugger on this machine attach to the process, while one is wanted. */
import { close, open, url } from 'node:inspector'

/** The address for the debugger. Its last part is secret, and not to be had from the port. */
export function openInspectorPort(): string {
  if (url() === undefined) open(0, '127.0.0.1')
  const address = url()
  if (address === undefined) throw new Error('the runtime has no inspector')
  return address
}

export function closeInspectorPort(): void {
  if (url() !== undefined) close()
}
