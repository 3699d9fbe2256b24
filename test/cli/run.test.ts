import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { viewsOf } from '../../src/notebook/views.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const liqnb = useBuiltCli()
const folder = useFolder()
const run = (...args: string[]) => liqnb.run(folder.path, 'run', ...args)
const parameters = (source: string) => newCodeCell('p', source, { tags: ['parameters'] })
const markdown = { cell_type: 'markdown' as const, id: 'm', metadata: {}, source: '# Title' }
const exists = (name: string) =>
  access(folder.at(name)).then(
    () => true,
    () => false,
  )

describe('a run', () => {
  it('runs the cells in order, prints their text and does not change the file', async () => {
    await folder.write(
      'a.liqnb',
      markdown,
      'const x: number = 2\nconsole.log("one")',
      ' ',
      'console.error("oops")\nx * 21',
    )
    const before = await folder.read('a.liqnb')
    const { code, stdout, stderr } = await run('a.liqnb')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\n42\n' })
    expect(stderr).toMatch(
      /^Cell 2 · Title · \d\.\d s\noops\nCell 4 · console.error\("oops"\) · \d\.\d s\n2 cells, \d+\.\d s, ok\n$/,
    )
    const verbose = await run('a.liqnb', '-v')
    expect(verbose.stdout).toBe(stdout)
    expect(verbose.stderr).toMatch(/^\[1\/2\] Cell 2\n\[2\/2\] Cell 4\noops\n2 cells, \d+\.\d s, ok\n$/)
    expect(await folder.read('a.liqnb')).toBe(before)
    expect(await readdir(folder.path)).toEqual(['a.liqnb'])
  })

  it('writes the notebook with its outputs, the same bytes each time', async () => {
    await folder.write('a.liqnb', 'console.log(1); console.log(2); console.error(3)', 'display({ a: 1 })\n"result"')
    for (const name of ['1.liqnb', 'new/folder/2.liqnb']) expect((await run('a.liqnb', '-o', name)).code).toBe(0)
    expect(await folder.read('new/folder/2.liqnb')).toBe(await folder.read('1.liqnb'))
    const [first, second] = (await folder.notebook('1.liqnb')).cells
    expect(first).toMatchObject({
      outputs: [
        { output_type: 'stream', name: 'stdout', text: '1\n2\n' },
        { output_type: 'stream', name: 'stderr', text: '3\n' },
      ],
    })
    expect(second).toMatchObject({
      outputs: [
        { output_type: 'display_data', data: { 'text/plain': '{ a: 1 }' } },
        { output_type: 'execute_result', data: { 'text/plain': "'result'" }, execution_count: null },
      ],
    })
    expect(await readdir(folder.path)).toEqual(['1.liqnb', 'a.liqnb', 'new'])
  })

  it('can overwrite the notebook it ran', async () => {
    await folder.write('a.liqnb', '6 * 7')
    expect((await run('a.liqnb', '-o', 'a.liqnb')).code).toBe(0)
    expect(await folder.outputTexts('a.liqnb')).toEqual(['42'])
  })

  it('saves the beginning and the end of long text, and prints all of it', async () => {
    await folder.write('a.liqnb', "for (let i = 0; i < 100_000; i++) console.log('line', i)")
    const { stdout } = await run('a.liqnb', '-o', 'b.liqnb')
    expect(stdout.split('\n')).toHaveLength(100_001)
    const [text = ''] = await folder.outputTexts('b.liqnb')
    expect(text).toMatch(/^line 0\n[\s\S]*characters are not saved[\s\S]*line 99999\n$/)
    expect((await folder.read('b.liqnb')).length).toBeLessThan(600_000)
  })

  it('removes the states of views that its outputs no longer have', async () => {
    const metadata = { liqnb: { views: { table: { page: 2 }, gone: 1 } } }
    const table = "({ [Symbol.for('Jupyter.display')]: () => ({ 'application/vnd.dataresource+json': {} }) })"
    const cells = [table, "throw new Error('stop')", '1'].map((source, i) => newCodeCell(`c${i}`, source, metadata))
    await folder.write('a.liqnb', ...cells)
    await run('a.liqnb', '-o', 'b.liqnb')
    const views = (await folder.notebook('b.liqnb')).cells.map(cell => Object.keys(viewsOf(cell.metadata)).sort())
    expect(views).toEqual([['table'], ['gone', 'table'], ['gone', 'table']])
  })

  it('writes formulas and images beside the notebook into the page', async () => {
    await writeFile(folder.at('a.png'), 'x')
    await folder.write('a.liqnb', { ...markdown, source: '$\\frac{a}{b}$ ![A](a.png)' })
    expect((await run('a.liqnb', '--html', 'a.html')).code).toBe(0)
    const page = await folder.read('a.html')
    expect(page).toContain('<mfrac>')
    expect(page).toContain('<img src="data:image/png;base64,eA==" alt="A">')
  })

  it('writes a page with the outputs', async () => {
    await folder.write('My study.liqnb', '"a < b"')
    expect((await run('My study.liqnb', '--html', 'out.html')).code).toBe(0)
    const page = await folder.read('out.html')
    expect(page).toContain('<title>My study</title>')
    expect(page).toContain('<pre class="plain">&#39;a &lt; b&#39;</pre>')
    expect(page.length).toBeGreaterThan(1e5)
  })

  it.skipIf(process.platform !== 'linux')('opens the page with --open, or says that nothing can', async () => {
    await folder.write('a.liqnb', '1')
    await writeFile(folder.at('xdg-open'), '#!/bin/sh\necho "$1" > "$0.log"\n', { mode: 0o755 })
    const { PATH } = process.env
    try {
      process.env.PATH = `${folder.path}:${PATH}`
      expect((await run('a.liqnb', '--html', 'a.html', '--open')).code).toBe(0)
      await vi.waitFor(async () => expect(await folder.read('xdg-open.log')).toBe(`${folder.at('a.html')}\n`))
      process.env.PATH = folder.at('nothing')
      const { code, stderr } = await run('a.liqnb', '--html', 'b.html', '--open')
      expect(code).toBe(1)
      expect(stderr).toContain('xdg-open cannot be started')
      expect(await exists('b.html')).toBe(true)
    } finally {
      process.env.PATH = PATH
    }
    expect(await run('a.liqnb', '--open')).toMatchObject({ code: 2, stderr: expect.stringContaining('--html FILE') })
  })

  it('applies updates and clears of earlier outputs', async () => {
    await folder.write(
      'a.liqnb',
      'const h = display("old"); 0',
      'h.update("new"); display("gone"); clear(); "kept"',
      'display("first"); clear({ wait: true }); display("second"); 0',
      'display("a", { id: "x" }); clear(); display("b", { id: "x" }); 0',
    )
    expect((await run('a.liqnb', '-o', 'out.liqnb')).code).toBe(0)
    expect(await folder.outputTexts('out.liqnb')).toEqual(["'new'\n0", "'kept'", "'second'\n0", "'b'\n0"])
  })

  it('drops old outputs and skips cells of another language', async () => {
    const old = newCodeCell('old', '', {})
    old.outputs.push({ output_type: 'stream', name: 'stdout', text: 'old' })
    const json = { ...newCodeCell('json', '{ not code', { vscode: { languageId: 'json' } }), outputs: old.outputs }
    await folder.write('a.liqnb', old, json, '1')
    expect((await run('a.liqnb', '-o', 'out.liqnb')).code).toBe(0)
    expect(await folder.outputTexts('out.liqnb')).toEqual(['', '', '1'])
  })

  it('runs in the current folder or --cwd, and imports relative to the notebook', async () => {
    await mkdir(folder.at('sub'))
    await mkdir(folder.at('other'))
    await writeFile(folder.at('sub/helper.ts'), 'export const twice = (x: number) => 2 * x')
    await folder.write(
      'sub/a.liqnb',
      "import { twice } from './helper.ts'\nimport { basename } from 'node:path'\n[twice(4), basename(process.cwd())].join()",
    )
    const here = folder.path.split('/').at(-1)
    expect((await run('sub/a.liqnb')).stdout).toBe(`'8,${here}'\n`)
    expect((await run('sub/a.liqnb', '--cwd', 'other')).stdout).toBe("'8,other'\n")
  })

  it('prints nothing with --quiet', async () => {
    await folder.write('a.liqnb', 'console.log(1); console.error(2); 3')
    expect(await run('a.liqnb', '-q', '-o', 'out.liqnb')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await folder.outputTexts('out.liqnb')).toEqual(['1\n\n2\n\n3'])
  })

  it('writes the notebook or the page to the standard output for "-", and the cells’ text to the other', async () => {
    await folder.write('a.liqnb', 'console.log(1); 3')
    const { code, stdout, stderr } = await run('a.liqnb', '-o', '-')
    expect(code).toBe(0)
    expect(parseNotebook(stdout).cells[0]).toMatchObject({
      outputs: [{ text: '1\n' }, { data: { 'text/plain': '3' } }],
    })
    expect(stderr).toMatch(/^1\nCell 1 · console\.log\(1\); 3 · \d\.\d s\n3\n1 cell, \d+\.\d s, ok\n$/)
    expect((await run('a.liqnb', '-q', '--html', '-')).stdout).toMatch(/^<!doctype html>/i)
    expect((await run('a.liqnb', '-o', '-', '--html', '-')).code).toBe(2)
    expect(
      JSON.parse((await liqnb.run(folder.path, 'export', 'a.liqnb', '--to', 'ipynb', '-o', '-')).stdout),
    ).toHaveProperty('cells')
    expect(await readdir(folder.path)).toEqual(['a.liqnb'])
  })

  it('does not run a cell tagged skip-execution, and keeps its outputs', async () => {
    const skipped = newCodeCell('s', 'console.log("never")', { tags: ['skip-execution'] })
    skipped.outputs.push({ output_type: 'stream', name: 'stdout', text: 'saved\n' })
    await folder.write('a.liqnb', '1', skipped, '2')
    expect((await run('a.liqnb', '-o', 'out.liqnb')).stdout).toBe('1\n2\n')
    expect(await folder.outputTexts('out.liqnb')).toEqual(['1', 'saved\n', '2'])
  })

  it('goes on behind a cell tagged raises-exception that fails', async () => {
    const raises = (source: string) => newCodeCell('r', source, { tags: ['raises-exception'] })
    await folder.write('a.liqnb', raises('throw new Error("expected")'), '2')
    expect(await run('a.liqnb', '-o', 'out.liqnb')).toMatchObject({ code: 0, stdout: '2\n' })
    expect(await folder.outputTexts('out.liqnb')).toEqual(['Error: expected', '2'])
    // A kernel that has died and a timeout are no exceptions of the cell.
    await folder.write('b.liqnb', raises('process.kill(process.pid, "SIGKILL")'), '2')
    expect(await run('b.liqnb')).toMatchObject({ code: 1, stdout: '' })
    await folder.write('c.liqnb', raises('while (true) {}'), '2')
    expect(await run('c.liqnb', '--timeout', '1')).toMatchObject({ code: 1, stdout: '' })
  })

  it('ends without an error at process.exit(0)', async () => {
    await folder.write('a.liqnb', '1', 'console.log("last"); process.exit(0)', '3')
    const { code, stdout, stderr } = await run('a.liqnb', '-o', 'out.liqnb')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1\nlast\n' })
    expect(stderr).toContain('Cell 2 ended the run with process.exit(0).\n')
    expect(await folder.outputTexts('out.liqnb')).toEqual([
      '1',
      'last\n\nThe cell called process.exit(0), which ended the kernel. All variables are lost.\n',
      '',
    ])
  })

  it('says which timers it does not wait for', async () => {
    const warning = async (...cells: string[]) => {
      await folder.write('a.liqnb', ...cells)
      const { code, stderr } = await run('a.liqnb', '-q')
      expect(code).toBe(0)
      return stderr
    }
    expect(await warning('setTimeout(() => console.log("late"), 60_000)', '1')).toBe(
      'Warning: a timer of cell 1 was still waiting when the run ended, and will not fire; await what must finish\n',
    )
    const several = `import { setTimeout as sleep } from 'node:timers/promises'
      setInterval(() => {}, 60_000); void sleep(60_000); setTimeout(() => {}, 60_000).unref(); clearTimeout(setTimeout(() => {}, 60_000))`
    expect(
      await warning(
        '1',
        several,
        'setImmediate(() => setTimeout(() => {}, 60_000)); await new Promise(r => setTimeout(r, 5))',
      ),
    ).toContain('Warning: 3 timers of cells 2, 3 were still waiting')
    expect(
      await warning('await new Promise(r => setTimeout(r, 10)); setTimeout(() => {}, 1); await fetch("data:,a")', '1'),
    ).toBe('')
  })

  it('continues when its output is no longer read', async () => {
    await folder.write(
      'a.liqnb',
      'console.log("first"); await new Promise(r => setTimeout(r, 300)); console.log("x".repeat(1e5))',
    )
    const { process, finished, text } = liqnb.start(folder.path, 'run', 'a.liqnb', '-o', 'out.liqnb')
    process.stdout.on('data', () => process.stdout.destroy())
    expect((await finished).code).toBe(0)
    expect(text.stderr).toContain('Wrote out.liqnb')
    expect((await folder.outputTexts('out.liqnb'))[0]).toHaveLength(100_007)
  })
})

describe('parameters', () => {
  it('are set after the cell tagged parameters', async () => {
    await folder.write('a.liqnb', parameters("const symbol: string = 'BTC', size = 1, raw = ''"), '[symbol, size, raw]')
    const { code, stdout, stderr } = await run(
      'a.liqnb',
      '-p',
      'symbol=ETH',
      '-p',
      'size=-0.5',
      '-r',
      'raw=1',
      '-o',
      'out.liqnb',
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: "[ 'ETH', -0.5, '1' ]\n" })
    expect(stderr).not.toContain('Warning')
    const cells = (await folder.notebook('out.liqnb')).cells
    expect(cells.map(cell => cell.metadata.tags)).toEqual([['parameters'], ['injected-parameters'], undefined])

    // An earlier run's parameters are replaced.
    expect((await run('out.liqnb', '-p', 'symbol=SOL', '-o', 'again.liqnb')).stdout).toBe("[ 'SOL', 1, '' ]\n")
    expect((await folder.notebook('again.liqnb')).cells.map(cell => cell.id)).toEqual(cells.map(cell => cell.id))
  })

  it('win over the defaults of every cell with that tag', async () => {
    await folder.write(
      'a.liqnb',
      parameters('const size = 1'),
      'size',
      newCodeCell('q', 'const size = 2, other = 3', { tags: ['parameters'] }),
      '[size, other]',
    )
    const { stdout, stderr } = await run('a.liqnb', '-p', 'size=9', '-p', 'other=8')
    expect(stdout).toBe('9\n[ 9, 8 ]\n')
    expect(stderr).not.toContain('Warning')
  })

  it('cause a warning if the notebook does not declare them', async () => {
    await folder.write('a.liqnb', parameters('const symbol = 1, size = 2'), 'sise')
    const { code, stdout, stderr } = await run('a.liqnb', '-p', 'sise=3')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '3\n' })
    expect(stderr).toContain('Warning: the notebook does not declare the parameter sise; it declares symbol, size\n')
    await folder.write('b.liqnb', 'x')
    expect((await run('b.liqnb', '-p', 'x=3')).stderr).toContain(
      'Warning: the notebook has no cell tagged "parameters"',
    )
  })

  it('set and save the controls of their names', async () => {
    // A stand-in for the library: controls as `liq.controls` shows them.
    const controls = `const { saved, given } = globalThis[Symbol.for('liqnb.task')].values
const values = { halfLife: given.halfLife ?? saved.halfLife ?? '7d' }
;({ [Symbol.for('Jupyter.display')]: () => ({ 'application/vnd.liqnb.controls+json': { controls: [], values, view: 'controls:halfLife' }, 'text/plain': 'x.controls(' + values.halfLife + ')' }) })`
    await folder.write('a.liqnb', controls)
    const { stdout, stderr } = await run('a.liqnb', '-p', 'halfLife=3d', '-o', 'out.liqnb')
    expect(stdout).toBe('x.controls(3d)\n')
    expect(stderr).not.toContain('Warning')
    const cells = (await folder.notebook('out.liqnb')).cells
    expect(cells.at(-1)!.metadata.liqnb).toEqual({ views: { 'controls:halfLife': { values: { halfLife: '3d' } } } })
    // The next run uses the saved values; a known control needs no parameters cell.
    expect((await run('out.liqnb')).stdout).toBe('x.controls(3d)\n')
    const again = await run('out.liqnb', '-p', 'halfLife=1d', '-p', 'typo=1', '-o', 'again.liqnb')
    expect(again.stdout).toBe('x.controls(1d)\n')
    expect(again.stderr).toContain('typo')
    expect(again.stderr).not.toContain('halfLife')
  })
})

describe('a cell that fails', () => {
  it('ends the run and is shown with its code; files are written anyway', async () => {
    await folder.write(
      'a.liqnb',
      markdown,
      '1',
      'const o: any = {}\n\nconst f = () => o.a.b\n//\n//\n//\n//\nf()',
      'console.log("never")',
    )
    const { code, stdout, stderr } = await run('a.liqnb', '-o', 'out.liqnb', '--html', 'out.html')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1\n' })
    expect(stderr).toMatch(/2 cells, \d+\.\d s, failed in cell 3\n$/)
    expect(stderr).toContain(`a.liqnb cell 3:3:21 failed:

  1 | const o: any = {}
  2 |
> 3 | const f = () => o.a.b
    |                     ^
  4 | //
  5 | //
  6 | //
    | …

TypeError: Cannot read properties of undefined (reading 'b')
    at f (Cell 3:3:21)
    at Cell 3:8:1
`)
    expect(await folder.outputTexts('out.liqnb')).toEqual([
      '',
      '1',
      "TypeError: Cannot read properties of undefined (reading 'b')",
      '',
    ])
    expect(await folder.read('out.html')).toContain('<pre class="error">TypeError: Cannot read')
  })

  it.each([
    ['a syntax error', 'const a = 1\nlet b = = 2', /> 2 \| let b = = 2\n.*\^\n[\s\S]*SyntaxError/],
    ['a thrown text', 'throw "no"', /a\.liqnb cell 1 failed:\n\n {2}1 \| throw "no"\n\nUncaught/],
    ['an unhandled rejection', 'Promise.reject(new Error("late")); 1', /Error: late/],
    ['the end of the kernel', 'process.exit(3)', /KernelDied: The kernel exited with code 3/],
  ])('%s', async (_, source, message) => {
    await folder.write('a.liqnb', source, '2')
    const { code, stdout, stderr } = await run('a.liqnb')
    expect(code).toBe(1)
    expect(stdout).not.toContain('2')
    expect(stderr).toMatch(message)
  })

  it('includes one that takes longer than --timeout', async () => {
    await folder.write('a.liqnb', 'console.log("start"); while (true) {}')
    const { code, stdout, stderr } = await run('a.liqnb', '--timeout', '1.5', '-o', 'out.liqnb')
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'start\n' })
    expect(stderr).toContain('TimeoutError: the cell took longer than 1.5 s')
    expect((await folder.outputTexts('out.liqnb'))[0]).toContain('TimeoutError: the cell took longer than 1.5 s')
  })
})

describe('Ctrl-C', () => {
  it.each([
    ['in an endless loop', 'await new Promise(resolve => setTimeout(resolve, 50)); while (true) {}'],
    ['while a cell waits', 'await new Promise(() => {})'],
  ])('%s stops the run and writes nothing', async (_, source) => {
    await folder.write('a.liqnb', `console.log(process.pid)\n${source}`, '2')
    const { process, text, finished } = liqnb.start(folder.path, 'run', 'a.liqnb', '-o', 'out.liqnb')
    await vi.waitFor(() => expect(text.stdout).toMatch(/\d+\n/), 60_000)
    process.kill('SIGINT')
    const { code, stderr } = await finished
    expect(code).toBe(130)
    expect(stderr).toContain('Interrupted; nothing was written.')
    expect(await exists('out.liqnb')).toBe(false)
    expect(() => globalThis.process.kill(Number(text.stdout), 0)).toThrow('ESRCH')
  })
})
