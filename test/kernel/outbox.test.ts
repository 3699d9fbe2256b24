import { describe, expect, it } from 'vitest'
import { MAX_TEXT_CHARS, Outbox } from '../../src/kernel/outbox.ts'
import type { Message } from '../../src/kernel/protocol.ts'

function open() {
  const sent: string[] = []
  const outbox = new Outbox(1, message => {
    if (message.type === 'output' && message.output.output_type === 'stream') {
      sent.push(`${message.output.name}:${message.output.text}`)
    } else sent.push(message.type)
  })
  return { outbox, sent }
}
const CLEAR: Message = { type: 'clear', runId: 1, wait: false }

describe('Outbox', () => {
  it('sends the first text at once, and batches what follows', async () => {
    const { outbox, sent } = open()
    for (const word of ['a', 'b', 'c']) outbox.write('stdout', word)
    expect(sent).toEqual(['stdout:a'])
    await new Promise(resolve => setTimeout(resolve, 40))
    expect(sent).toEqual(['stdout:a', 'stdout:bc'])
  })

  it('keeps the order of streams and messages', () => {
    const { outbox, sent } = open()
    outbox.write('stdout', 'a')
    outbox.write('stdout', 'b')
    outbox.write('stderr', 'c')
    outbox.post(CLEAR)
    outbox.write('stdout', 'd')
    outbox.finish()
    expect(sent).toEqual(['stdout:a', 'stdout:b', 'stderr:c', 'clear', 'stdout:d'])
  })

  it('holds later outputs until a reserved position is filled', () => {
    const { outbox, sent } = open()
    const fill = outbox.reserve()
    outbox.write('stdout', 'after')
    outbox.flush()
    expect(sent).toEqual([])
    fill(CLEAR)
    fill(CLEAR)
    expect(sent).toEqual(['clear', 'stdout:after'])
  })

  it('does not wait for a reserved position at the end', () => {
    const { outbox, sent } = open()
    outbox.reserve()
    outbox.write('stdout', 'after')
    outbox.finish()
    expect(sent).toEqual(['stdout:after'])
  })

  it('drops text beyond the limit, and shows its end', () => {
    const { outbox, sent } = open()
    outbox.write('stdout', 'x'.repeat(MAX_TEXT_CHARS - 1))
    outbox.write('stdout', `y${'z'.repeat(100_000)}`)
    outbox.write('stderr', 'end')
    outbox.finish()
    const first = sent
      .slice(0, -2)
      .map(text => text.slice('stdout:'.length))
      .join('')
    expect(first).toBe(`${'x'.repeat(MAX_TEXT_CHARS - 1)}y`)
    const tailChars = 16 * 1024
    expect(sent.at(-2)).toBe(
      `stderr:\n… ${(100_003 - tailChars).toLocaleString('en-US')} characters left out: a cell shows the first 4 MB of its text and the end …\n`,
    )
    expect(sent.at(-1)).toBe(`stderr:${'z'.repeat(tailChars - 3)}end`)
  })

  it('sends nothing after it is closed', () => {
    const { outbox, sent } = open()
    const fill = outbox.reserve()
    outbox.write('stdout', 'a')
    outbox.close()
    fill(CLEAR)
    outbox.write('stdout', 'b')
    outbox.post(CLEAR)
    outbox.finish()
    expect(sent).toEqual([])
  })
})
