/** Secrets in texts: whole, cut off and encoded. */
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Redactor } from '../../src/kernel/redact.ts'

const SECRET = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'
const MASK = '[hidden: key of binance]'

function redactor(secret = SECRET): Redactor {
  const result = new Redactor()
  result.add(secret, 'key of binance')
  return result
}

/** Every part of eight characters of the secret that a text still holds. */
const leaks = (text: string, secret = SECRET) =>
  Array.from({ length: secret.length - 7 }, (_, i) => secret.slice(i, i + 8)).filter(part => text.includes(part))

it('hides a secret wherever it is in a text, and leaves the rest', () => {
  const secrets = redactor()
  expect(secrets.text(`{"apiKey":"${SECRET}"} and ${SECRET}${SECRET}.`)).toBe(
    `{"apiKey":"${MASK}"} and ${MASK}${MASK}.`,
  )
  expect(secrets.text('nothing of it')).toBe('nothing of it')
})

it('hides a secret that a text cuts off at its start or end', () => {
  const secrets = redactor()
  for (let n = 12; n < SECRET.length; n++) {
    expect(secrets.text(`a ${SECRET.slice(0, n)}…`)).toBe(`a ${MASK}…`)
    expect(secrets.text(`…${SECRET.slice(-n)} b`)).toBe(`…${MASK} b`)
  }
})

it('hides a secret in URLs, JSON, hexadecimal text and base64, wherever in the encoded bytes it is', () => {
  const secret = 'a+b/c "quoted"\\ käse=12'
  const secrets = redactor(secret)
  expect(secrets.text(`?key=${encodeURIComponent(secret)}&x`)).toBe(`?key=${MASK}&x`)
  expect(secrets.text(JSON.stringify({ secret }))).toBe(`{"secret":"${MASK}"}`)
  expect(secrets.text(Buffer.from(secret).toString('hex').toUpperCase())).toBe(MASK)
  expect(inspect(Buffer.from(secret))).toMatch(/^<Buffer 61 2b /)
  expect(secrets.text(inspect(Buffer.from(secret)))).toBe(`<Buffer ${MASK}>`)
  expect(redactor().text(inspect(Buffer.from(SECRET)))).toBe(`<Buffer ${MASK}... 14 more bytes>`)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (before, after) => {
      const bytes = Buffer.concat([before, Buffer.from(secret), after])
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = secrets.text(bytes.toString(encoding))
        expect(text).toContain(MASK)
        expect(Buffer.from(text.split(MASK)[0]!, 'base64').toString()).not.toContain('a+b')
        expect(Buffer.from(text.split(MASK)[1]!, 'base64').toString()).not.toContain('12')
      }
    }),
  )
})

it('hides the lines of a secret that is printed over several', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`
  expect(redactor(key).text(`'-----BEGIN…\\n' +\n '${SECRET}\\n' +`)).toBe(`'-----BEGIN…\\n' +\n '${MASK}\\n' +`)
})

it('hides secrets in every text of a value, keys and cycles included, and copies the rest', () => {
  const value: Record<string, unknown> = {
    [SECRET]: 1,
    list: [SECRET, 2, null, { deep: `x${SECRET}` }],
    map: new Map([[SECRET, new Set([SECRET])]]),
    error: new Error(`failed: ${SECRET}`),
    numbers: new Float64Array([1, Number.NaN]),
    date: new Date(0),
  }
  value.self = value
  const copy = redactor().value(value) as typeof value & {
    map: object[]
    error: Error
  }
  expect(copy.list).toEqual([MASK, 2, null, { deep: `x${MASK}` }])
  expect([...copy.map]).toEqual([[MASK, new Set([MASK])]])
  expect(copy[MASK]).toBe(1)
  expect(copy.error.message).toBe(`failed: ${MASK}`)
  expect(leaks(copy.error.stack!)).toEqual([])
  expect(copy.self).toBe(copy)
  expect(copy.numbers).toBe(value.numbers)
  expect(copy.date).toBe(value.date)
  expect((value.list as unknown[])[0]).toBe(SECRET)
})

it('holds back the end of a text that may go on as a secret', () => {
  const secrets = redactor()
  fc.assert(
    fc.property(fc.nat({ max: SECRET.length }), fc.string(), fc.string(), (cut, before, after) => {
      const chunks = [before + SECRET.slice(0, cut), SECRET.slice(cut) + after]
      let shown = ''
      let held = ''
      for (const chunk of chunks) {
        const text = held + chunk
        const sure = text.length - secrets.partialAtEnd(text)
        shown += secrets.text(text.slice(0, sure))
        held = text.slice(sure)
      }
      expect(leaks(shown + secrets.text(held))).toEqual([])
    }),
  )
})

it('leaves short texts, which would hide ordinary words', () => {
  expect(redactor('1234').text('1234')).toBe('1234')
})
