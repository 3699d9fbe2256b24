/** Helpers for tests of figures and displays. */
import type { BinaryArray } from '../../src/charts/figure.ts'
import { displayMethod } from '../../src/common/host.ts'

/** The MIME bundle of a value that displays itself. */
export function bundleOf<Bundle = Record<string, unknown>>(value: unknown): Bundle {
  const display = displayMethod(value)
  if (display === undefined) throw new Error('the value does not display itself')
  return display.call(value) as Bundle
}

/** The numbers of a figure's binary array. */
export function decode(array: unknown): number[] {
  const { dtype, bdata } = array as BinaryArray
  const bytes = new Uint8Array(Buffer.from(bdata, 'base64')).buffer
  return Array.from(dtype === 'f8' ? new Float64Array(bytes) : new Float32Array(bytes))
}
