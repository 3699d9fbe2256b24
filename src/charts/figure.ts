/** Plotly figures as data. */

/** A Plotly figure. Theme-neutral: the renderer adds the colours of paper, text and grid. */
export interface Figure {
  data: Record<string, unknown>[]
  layout: Record<string, unknown>
}

/** A typed array in the form that Plotly reads from JSON: base64 of its little-endian bytes. */
export interface BinaryArray {
  dtype: 'f8' | 'f4' | 'i4' | 'u1'
  bdata: string
  /** `"rows, columns"` of a matrix. */
  shape?: string
}

/** Encodes a typed array for a figure. `shape` is [rows, columns] of a matrix stored row by row. */
export function binary(
  values: Float64Array | Float32Array | Int32Array | Uint8Array,
  shape?: readonly [number, number],
): BinaryArray {
  const dtype =
    values instanceof Float64Array
      ? 'f8'
      : values instanceof Float32Array
        ? 'f4'
        : values instanceof Int32Array
          ? 'i4'
          : 'u1'
  const bdata = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
  return shape ? { dtype, bdata, shape: shape.join(', ') } : { dtype, bdata }
}
