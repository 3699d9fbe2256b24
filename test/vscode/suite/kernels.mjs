/** Tests of a notebook's kernel process. */
import { writeFileSync } from 'node:fs'
import { equal, expect, ok } from '../expect.mjs'

const pidIn = text => Number(/in (\d+)/.exec(text)?.[1])
const alive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export const kernels = [
  {
    name: 'an endless loop is interrupted and the variables are kept',
    async run({ workbench, note, screenshot }) {
      const notebook = await workbench.openNotebook('state.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(1, 'executing')
      await notebook.becomes(2, 'pending')
      await workbench.kernelBecomes('busy')
      await screenshot('endless-loop')
      const start = performance.now()
      await workbench.command('Liqnb: Interrupt Kernel')
      await notebook.becomes(1, 'error')
      note(`command palette to stopped cell: ${Math.round(performance.now() - start)} ms`)
      await notebook.shows('Interrupted')
      equal(await notebook.state(2), 'none', 'the cell after the loop did not run')
      await notebook.run(2)
      await notebook.becomes(2, 'success')
      await notebook.shows('43')
      await screenshot('interrupted')
    },
  },
  {
    name: 'a restart clears the variables',
    async run({ workbench, note }) {
      const start = performance.now()
      await workbench.command('Liqnb: Restart Kernel')
      const notebook = workbench.notebook
      await workbench.kernelBecomes('idle')
      note(`command palette to idle kernel: ${Math.round(performance.now() - start)} ms`)
      await notebook.run(2)
      await notebook.becomes(2, 'error')
      await notebook.shows('kept is not defined')
      equal(await notebook.executionOrder(2), '[1]', 'execution order starts again')
    },
  },
  {
    name: 'a second notebook has its own kernel, which ends with the notebook',
    async run({ workbench }) {
      const state = await workbench.openNotebook('state.liqnb', { keepOthers: true })
      await state.run(0)
      await state.becomes(0, 'success')
      const other = await workbench.openNotebook('other.liqnb', { keepOthers: true })
      await other.run(0)
      const pid = pidIn(await other.shows('kept is undefined in'))
      ok(alive(pid), `the kernel ${pid} runs`)
      await workbench.closeAll()
      await expect(`the kernel ${pid} has ended`, () => !alive(pid))
    },
  },
  {
    name: 'a crash is reported in the cell and the next run starts a new kernel',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('crash.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(1, 'error')
      const first = pidIn(await notebook.shows('alive in'))
      await notebook.shows(/exit(ed)?( with)?( code)? 3|code 3/)
      equal(await notebook.state(2), 'none', 'the next cell did not run')
      await workbench.kernelBecomes('dead')
      await screenshot('crash')
      await notebook.run(0)
      await expect('a new process', async () => {
        const pid = pidIn(await notebook.shows('alive in'))
        return pid !== first && alive(pid)
      })
      await workbench.kernelBecomes('idle')
    },
  },
  {
    name: 'a kernel that cannot start is reported in the cell',
    async run({ workbench, machineSettings, screenshot }) {
      writeFileSync(machineSettings, JSON.stringify({ 'liqnb.kernel.nodePath': '/no/such/node' }))
      try {
        const notebook = await workbench.openNotebook('first.liqnb')
        await expect('the message names the program', async () => {
          // VS Code may not have read the setting yet.
          await workbench.command('Liqnb: Restart Kernel')
          await notebook.run(1)
          await notebook.shows('/no/such/node', 2000)
          return true
        })
        await notebook.becomes(1, 'error')
        await screenshot('cannot-start')
      } finally {
        writeFileSync(machineSettings, '{}')
      }
    },
  },
]
