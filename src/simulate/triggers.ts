/**
 * Prices that wait to be reached, as a binary heap whose top is the nearest one. Who goes for other reasons stays in it until it
 * comes up or the heap is swept of the dead.
 */
export class Triggers {
  /** 1: the highest price is reached first (levels below the market), −1: the lowest. */
  readonly #sign: 1 | -1
  #keys = new Float64Array(1024)
  #ids = new Int32Array(1024)
  #size = 0

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  get length(): number {
    return this.#size
  }

  /** The nearest price; a price that is never reached when empty. */
  get top(): number {
    return this.#size === 0 ? (this.#sign > 0 ? -Infinity : Infinity) : this.#sign * this.#keys[0]!
  }

  push(price: number, id: number): void {
    if (this.#size === this.#keys.length) this.#grow()
    const key = this.#sign * price
    const keys = this.#keys
    const ids = this.#ids
    let i = this.#size++
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (keys[parent]! >= key) break
      keys[i] = keys[parent]!
      ids[i] = ids[parent]!
      i = parent
    }
    keys[i] = key
    ids[i] = id
  }

  /** Takes the nearest out. Only when {@link length} is above 0. */
  pop(): number {
    const id = this.#ids[0]!
    const last = --this.#size
    if (last > 0) this.#sink(0, this.#keys[last]!, this.#ids[last]!)
    return id
  }

  /** Forgets all but those that are wanted. */
  sweep(wanted: (id: number) => boolean): void {
    const keys = this.#keys
    const ids = this.#ids
    let kept = 0
    for (let i = 0; i < this.#size; i++) {
      if (!wanted(ids[i]!)) continue
      keys[kept] = keys[i]!
      ids[kept++] = ids[i]!
    }
    this.#size = kept
    for (let i = (kept >> 1) - 1; i >= 0; i--) this.#sink(i, keys[i]!, ids[i]!)
  }

  #sink(from: number, key: number, id: number): void {
    const keys = this.#keys
    const ids = this.#ids
    const size = this.#size
    let i = from
    for (;;) {
      let child = 2 * i + 1
      if (child >= size) break
      if (child + 1 < size && keys[child + 1]! > keys[child]!) child++
      if (keys[child]! <= key) break
      keys[i] = keys[child]!
      ids[i] = ids[child]!
      i = child
    }
    keys[i] = key
    ids[i] = id
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#size)
    const ids = new Int32Array(2 * this.#size)
    keys.set(this.#keys)
    ids.set(this.#ids)
    this.#keys = keys
    this.#ids = ids
  }
}
