/** Damages bytes as disks, networks, editors and other programs do. */
import { random } from '../../src/stats/random.ts'
import type { MarketFile } from './market-files.ts'

type Random = ReturnType<typeof random>

const EDGES = [0n, 1n, -1n, 0x7fn, 0x80n, 0xffn, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 40n, -(1n << 62n)]
const WORDS = [
  ...['NaN', 'null', '1e999', '-1', '0x64', '1_000', '', 'true', '∞', '"', '\n', '\r', '\0', ',', ';', '{', '}', '['],
  ...[']', '\\', '\\u0000', '\ufeff', '"\n"', '9'.repeat(400), '[['.repeat(3000), '\t', '1,5', '2024-02-31', '--', 'e'],
]

/** A damaged copy of one of the files, the same for the same seed. */
export function mutate(files: readonly MarketFile[], seed: number): Uint8Array {
  const rng = random(seed)
  const file = files[below(rng, files.length)]!
  const other = files[below(rng, files.length)]!
  const { content, pack } = file
  // Half of the packed files are whole archives of damaged content.
  const isInside = content !== undefined && pack !== undefined && rng.uniform() < 0.5
  let bytes = isInside ? content : file.bytes
  const changes = 1 + Math.floor(3 * rng.uniform() ** 2)
  for (let i = 0; i < changes; i++) bytes = change(bytes, other.bytes, rng)
  return isInside ? pack(bytes) : bytes
}

function below(rng: Random, count: number): number {
  return Math.floor(rng.uniform() * count)
}

function change(bytes: Uint8Array, other: Uint8Array, rng: Random): Uint8Array {
  const { length } = bytes
  if (length === 0) return bytes
  const at = position(rng, length)
  const size = 1 + Math.floor(rng.uniform() ** 3 * Math.min(length - at, 2000))
  const rest = (from: number) => bytes.subarray(Math.min(from, length))
  const copy = Uint8Array.from(bytes)
  switch (below(rng, 11)) {
    case 0:
      copy[at]! ^= 1 << below(rng, 8)
      return copy
    case 1:
      copy[at] = below(rng, 256)
      return copy
    case 2:
      copy[at] = [0, 0xff, 0x7f, 0x80, 0x22, 0x0a][below(rng, 6)]!
      return copy
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Uint8Array.from({ length: 1 + below(rng, 16) }, () => below(rng, 256)),
        rest(at),
      ])
    case 4:
      return Buffer.concat([bytes.subarray(0, at), rest(at + size)])
    case 5:
      return bytes.subarray(0, at)
    case 6:
      return Buffer.concat([bytes.subarray(0, at + size), rest(at)])
    case 7: {
      const word = Buffer.alloc(8)
      word.writeBigInt64LE(EDGES[below(rng, EDGES.length)]!)
      copy.set(word.subarray(0, Math.min(rng.uniform() < 0.5 ? 4 : 8, length - at)), at)
      return copy
    }
    case 8: {
      const from = below(rng, other.length)
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + size), rest(at + size)])
    }
    case 9:
      return copy.fill([0, 0xff, 0x80][below(rng, 3)]!, at, at + size)
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(WORDS[below(rng, WORDS.length)]!),
        rest(at + below(rng, 8)),
      ])
  }
}

/** Headers and footers are small beside the data, so a third of the positions is near an end. */
function position(rng: Random, length: number): number {
  const near = Math.floor(rng.uniform() * Math.min(length, 120))
  const where = rng.uniform()
  if (where < 0.15) return near
  if (where < 0.35) return length - 1 - near
  return below(rng, length)
}
