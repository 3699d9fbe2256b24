/** A growing `Float64Array`: its capacity doubles when full, so appending takes constant time on average. */
export class GrowableArray {
  length = 0
  #values: Float64Array

  constructor(capacity = 1024) {
    this.#values = new Float64Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1)
    this.#values[this.length++] = value
  }

  /** Appends the first `count` values. */
  append(values: Float64Array, count = values.length): void {
    if (this.length + count > this.#values.length) this.#grow(this.length + count)
    this.#values.set(count === values.length ? values : values.subarray(0, count), this.length)
    this.length += count
  }

  /** Returns the values and empties the array. Their memory is released column by column, so that it is never held twice. */
  take(): Float64Array {
    const values = this.#values.length === this.length ? this.#values : this.#values.slice(0, this.length)
    this.#values = new Float64Array(0)
    this.length = 0
    return values
  }

  #grow(minCapacity: number): void {
    const larger = new Float64Array(Math.max(minCapacity, this.#values.length * 2))
    larger.set(this.#values.subarray(0, this.length))
    this.#values = larger
  }
}
