/** What a cell tells the user outside its outputs. */
import { expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()

it('notifications arrive during the cell and after it', async () => {
  const { session } = kernel.bench()
  const texts: string[] = []
  let afterwards: () => void = () => {}
  const late = new Promise<void>(resolve => {
    afterwards = resolve
  })
  await session.execute(
    `const task = liq.task(); task.notify('now'); task.notify('x'.repeat(1000)); setTimeout(() => task.notify('later'), 50)`,
    1,
    {
      onNotification(text) {
        texts.push(text)
        if (text === 'later') afterwards()
      },
    },
  )
  expect(texts[0]).toBe('now')
  expect(texts[1]!.length).toBeLessThan(600)
  await late
})

it('a cell waits for work that its code does not await, however it ends', async () => {
  const run = await kernel
    .bench()
    .run(
      `liq.task().waitFor(new Promise((_, fail) => setTimeout(() => { console.log('done'); fail(new Error('x')) }, 100)))`,
    )
  expect(run.result.ok).toBe(true)
  expect(run.text()).toBe('done\n')
})
