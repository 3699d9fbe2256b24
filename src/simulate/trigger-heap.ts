/**
 * A binary heap of trigger prices with the nearest on top. Entries that became obsolete stay until they are popped or
 * removed by {@link TriggerHeap.retain}.
 */
export class TriggerHeap {
  /** 1: the highest price is nearest (levels below the market); −1: the lowest. */
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

  /** The nearest price; if empty, one that is never reached. */
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

  /** Removes the nearest and returns its id. Only if {@link length} is above 0. */
  pop(): number {
    const id = this.#ids[0]!
    const last = --this.#size
    if (last > 0) this.#sink(0, this.#keys[last]!, this.#ids[last]!)
    return id
  }

  /** Removes the entries for which `keep` is false. */
  retain(keep: (id: number) => boolean): void {
    const keys = this.#keys
    const ids = this.#ids
    let size = 0
    for (let i = 0; i < this.#size; i++) {
      if (!keep(ids[i]!)) continue
      keys[size] = keys[i]!
      ids[size++] = ids[i]!
    }
    this.#size = size
    for (let i = (size >> 1) - 1; i >= 0; i--) this.#sink(i, keys[i]!, ids[i]!)
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
