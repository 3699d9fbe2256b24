/** One giant text does not end the kernel, however small its heap is, and wherever the text goes. */
import { describe, expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()
const GIANT = `'x'.repeat(3e8)`

describe('a text of 300 MB in a heap of 256 MB', () => {
  it.each([
    ['as the value', GIANT],
    ['in an object', `({ a: ${GIANT} })`],
    ['in a table', `aq.table({ a: [${GIANT}] })`],
    ['displayed', `display(${GIANT})`],
    ['logged', `console.log(${GIANT})`],
    ['written', `process.stdout.write(${GIANT}); 1`],
    ['as the progress', `progress(${GIANT}); 1`],
  ])('is cut: %s', async (_name, code) => {
    const bench = kernel.bench({ maxMemoryMb: 256 })
    const run = await bench.run(code)
    expect(run.result).toMatchObject({ ok: true, died: false })
    expect(JSON.stringify(run.outputs).length).toBeLessThan(5e6)
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })

  it.each([
    ['thrown', `throw ${GIANT}`],
    ['as the message of an error', `throw new Error(${GIANT})`],
    ['as the message of a rejection', `Promise.reject(new Error(${GIANT})); await new Promise(r => setTimeout(r, 20))`],
  ])('is cut: %s', async (_name, code) => {
    const bench = kernel.bench({ maxMemoryMb: 256 })
    const error = await bench.errorOf(code)
    expect(error.evalue).toMatch(/more characters|more than the memory that is left/)
    expect(JSON.stringify(error).length).toBeLessThan(50_000)
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })

  it('is a variable like any other', async () => {
    const bench = kernel.bench({ maxMemoryMb: 256 })
    await bench.run(`const giant = ${GIANT}`)
    expect(await bench.session.variables()).toMatchObject([{ name: 'giant', type: 'string' }])
    expect(await bench.valueOf('giant.length')).toBe('300000000')
  })

  it('says how much is left out', async () => {
    const bench = kernel.bench()
    const run = await bench.run(`console.log(${GIANT} + 'end')`)
    expect(run.text('stderr')).toMatch(/2\d\d,\d{3},\d{3} characters left out/)
    expect(run.text().endsWith('end\n')).toBe(true)
  })
})
