/** A column of numbers that grows by doubling: appending costs a copy now and then and no object per value. */
export class Growing {
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

  /** Hands over the values, in an array of their own, and is empty then: several long columns never lie twice in memory. */
  take(): Float64Array {
    const values = this.#values.length === this.length ? this.#values : this.#values.slice(0, this.length)
    this.#values = new Float64Array(0)
    this.length = 0
    return values
  }

  #grow(least: number): void {
    const wider = new Float64Array(Math.max(least, this.#values.length * 2))
    wider.set(this.#values.subarray(0, this.length))
    this.#values = wider
  }
}
