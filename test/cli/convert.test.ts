import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import type { Cell, Output } from '../../src/notebook/types.ts'
import { python, runPython } from '../notebook/python.ts'
import { runCommand, useBuiltCli, useFolder } from './harness.ts'

const folder = useFolder()
const built = useBuiltCli()
const liqnb = (...args: string[]) => runCommand(folder.path, ...args)

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const markdown = (id: string, source: string, attachments?: object): Cell =>
  ({ cell_type: 'markdown', id, metadata: {}, source, ...(attachments && { attachments }) }) as Cell
const shows = (data: object): Output => ({ output_type: 'display_data', data: data as never, metadata: {} })
const code = (id: string, source: string, ...outputs: Output[]): Cell =>
  ({ ...newCodeCell(id, source), outputs }) as Cell

/** A notebook as a Python kernel saves it. */
const PYTHON = {
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# Prices'] },
    {
      cell_type: 'code',
      execution_count: 3,
      metadata: { tags: ['parameters'], collapsed: false },
      source: ['import pandas as pd\n', 'pd.DataFrame({"a": [1]})'],
      outputs: [
        {
          output_type: 'execute_result',
          execution_count: 3,
          metadata: {},
          data: { 'text/plain': ['   a\n', '0  1'], 'text/html': ['<table></table>'], 'image/png': PNG },
        },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'application/vnd.jupyter.widget-view+json': { model_id: 'x' }, 'text/plain': 'IntSlider()' },
        },
      ],
    },
    { cell_type: 'raw', metadata: {}, source: 'raw' },
  ],
  metadata: {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python', version: '3.11.2', file_extension: '.py' },
    authors: [{ name: 'A' }],
  },
  nbformat: 4,
  nbformat_minor: 4,
}

describe('convert', () => {
  it('keeps code of another language with its outputs, does not run it, and gives the kernel back', async () => {
    await writeFile(folder.at('a.ipynb'), JSON.stringify(PYTHON))
    expect(await liqnb('convert', 'a.ipynb')).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'Wrote a.liqnb: 3 cells: 1 Markdown, 1 python code that does not run, 1 raw; 2 outputs kept, 1 widget among them as text only; to run a cell, write it in TypeScript and change its language\n',
    })
    expect(await liqnb('validate', 'a.liqnb')).toMatchObject({ code: 0 })
    const { cells, metadata } = await folder.notebook('a.liqnb')
    expect(cells[1]).toMatchObject({ metadata: { vscode: { languageId: 'python' }, tags: ['parameters'] } })
    expect(cells[1]).toHaveProperty(['outputs', 0, 'data', 'text/plain'], '   a\n0  1')
    expect(metadata).toMatchObject({ kernelspec: { name: 'liqnb' }, authors: [{ name: 'A' }] })

    expect(await liqnb('convert', 'a.liqnb', '-o', 'back.ipynb')).toMatchObject({
      stderr: expect.stringContaining('the notebook has its own kernel again (python)'),
    })
    const back = JSON.parse(await folder.read('back.ipynb'))
    expect(back.metadata).toEqual(PYTHON.metadata)
    expect(back.cells[1].source).toEqual(PYTHON.cells[1]?.source)
    expect(back.cells[1].metadata).toEqual(PYTHON.cells[1]?.metadata)
    expect(back.cells[1].outputs[0].data).toEqual({ ...PYTHON.cells[1]?.outputs?.[0]?.data })
  })

  it('leaves Python cells alone when the notebook runs', async () => {
    await writeFile(folder.at('a.ipynb'), JSON.stringify(PYTHON))
    await liqnb('convert', 'a.ipynb')
    expect(await built.run(folder.path, 'run', 'a.liqnb', '-o', 'ran.liqnb')).toMatchObject({ code: 0 })
    expect((await folder.notebook('ran.liqnb')).cells[1]).toMatchObject({
      metadata: { vscode: { languageId: 'python' } },
    })
  })

  it('runs the cells of a TypeScript notebook of Jupyter, and keeps our kernel where cells are mixed', async () => {
    const deno = { ...PYTHON, metadata: { kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' } } }
    await writeFile(folder.at('a.ipynb'), JSON.stringify(deno))
    expect((await liqnb('convert', 'a.ipynb', '-o', '-')).stderr).toContain('1 Markdown, 1 TypeScript, 1 raw')
    await writeFile(folder.at('b.ipynb'), JSON.stringify(PYTHON))
    await liqnb('convert', 'b.ipynb')
    const mixed = await folder.notebook('b.liqnb')
    await folder.write('mixed.liqnb', ...mixed.cells, '1 + 1')
    await liqnb('convert', 'mixed.liqnb')
    expect(JSON.parse(await folder.read('mixed.ipynb')).metadata.kernelspec.name).toBe('liqnb')
  })

  it.runIf(python)('writes what nbformat accepts', async () => {
    await writeFile(folder.at('a.ipynb'), JSON.stringify(PYTHON))
    await liqnb('convert', 'a.ipynb')
    await liqnb('convert', 'a.liqnb', '-o', 'back.ipynb')
    const check =
      'import sys,json,nbformat; n=nbformat.reads(json.load(sys.stdin),4); nbformat.validate(n); print(len(n.cells))'
    for (const name of ['a.liqnb', 'back.ipynb']) expect(runPython(check, await folder.read(name))).toBe(3)
  })
})

const TABLE = {
  'application/vnd.dataresource+json': {
    schema: {
      fields: [
        { name: 'a|b', type: 'string' },
        { name: 'usd', type: 'number', unit: 'USD' },
      ],
    },
    data: [
      { 'a|b': '<b>*x*', usd: 1.5 },
      { 'a|b': 'y\nz', usd: 2 },
    ],
    totalRows: 30,
  },
  'text/plain': 'a table',
}

describe('a file that nobody named', () => {
  it.each([
    ['a.liqnb', ['convert', 'a.ipynb']],
    ['b.ipynb', ['convert', 'b.liqnb']],
    ['b.ipynb', ['export', 'b.liqnb', '--to', 'ipynb']],
    ['b.md', ['export', 'b.liqnb', '--to', 'md']],
    ['b.ts', ['export', 'b.liqnb', '--to', 'ts']],
  ])('%s is not overwritten by %j', async (target, args) => {
    await writeFile(folder.at('a.ipynb'), JSON.stringify(PYTHON))
    await folder.write('b.liqnb', '1')
    await writeFile(folder.at(target), 'work of hours')
    expect(await liqnb(...args)).toMatchObject({
      code: 1,
      stderr: `liqnb: ${target} exists already: to overwrite it, name it with -o\n`,
    })
    expect(await folder.read(target)).toBe('work of hours')
    expect(await liqnb(...args, '-o', target)).toMatchObject({ code: 0 })
    expect(await folder.read(target)).not.toBe('work of hours')
  })
})

describe('export to Markdown', () => {
  it('has text, code, tables, and images as files', async () => {
    await folder.write(
      'study.liqnb',
      markdown('m', '# Title\n![pasted](attachment:a%20b.png)', { 'a b.png': { 'image/png': PNG } }),
      code('t', 'table', shows(TABLE), { output_type: 'stream', name: 'stdout', text: 'x\n```\ny\n' }),
      code('i', '', shows({ 'image/png': PNG, 'text/plain': 'a [picture]' })),
      'nothing()',
    )
    expect(await liqnb('export', 'study.liqnb', '--to', 'md')).toMatchObject({ code: 0, stderr: 'Wrote study.md\n' })
    expect(await folder.read('study.md')).toBe(`# Title
![pasted](study_files/pasted-1-1.png)

\`\`\`ts
table
\`\`\`

| a\\|b | usd (USD) |
| --- | --- |
| &lt;b>\\*x\\* | 1.5 |
| y z | 2.0 |

*The first 2 of 30 rows*

\`\`\`\`text
x
\`\`\`
y
\`\`\`\`

![a \\[picture\\]](study_files/output-3-1.png)

\`\`\`ts
nothing()
\`\`\`
`)
    expect((await folder.read('study_files/output-3-1.png')).slice(1, 4)).toBe('PNG')
    const report = await liqnb('export', 'study.liqnb', '--to', 'md', '--no-code', '-o', '-')
    expect(report.stdout).not.toContain('```ts')
    expect(report.stdout).toContain(`](data:image/png;base64,${PNG})`)
  })
})

describe('export to a script', () => {
  it('runs in Node, with what is no code as comments', async () => {
    await folder.write(
      'study.liqnb',
      markdown('m', 'About\u2028throw 1'),
      "import { sep } from 'node:path'\nconst n: number = await Promise.resolve(41)",
      newCodeCell('p', 'print("python")', { vscode: { languageId: 'python' } }),
      newCodeCell('s', 'process.exit(9)', { tags: ['skip-execution'] }),
      'display(n + 1)\nconsole.log(sep.length)',
    )
    expect(await built.run(folder.path, 'export', 'study.liqnb', '--to', 'ts')).toMatchObject({
      code: 0,
      stderr: 'Wrote study.ts\n',
    })
    const { code: js } = await transform(await folder.read('study.ts'), { loader: 'ts', format: 'esm' })
    await writeFile(folder.at('study.mjs'), js)
    expect(execFileSync(process.execPath, [folder.at('study.mjs')], { encoding: 'utf8' })).toBe('42\n1\n')
    expect(await folder.read('study.ts')).not.toContain("from 'liqnb'")
  })

  it('imports the library where a cell uses it, and says which names are declared twice', async () => {
    await folder.write('a.liqnb', 'const x = aq.table({})', 'const x = 2', 'const fine = (liq: number) => liq')
    const { code, stdout, stderr } = await built.run(folder.path, 'export', 'a.liqnb', '--to', 'ts', '-o', '-')
    expect(code).toBe(0)
    expect(stdout).toContain("import { aq } from 'liqnb'")
    expect(stderr).toContain('Warning: cells 1 and 2 declare x; ')
    await folder.write('bad.liqnb', 'const = 1')
    expect(await built.run(folder.path, 'export', 'bad.liqnb', '--to', 'ts')).toMatchObject({
      code: 1,
      stderr: 'liqnb: bad.liqnb: cell 1 has a syntax error\n',
    })
  })
})

describe('export of a page', () => {
  it('hides the code of a report, and cells that show nothing', async () => {
    await folder.write(
      'a.liqnb',
      markdown('m', '# T'),
      'secret()',
      code('o', 'shown()', shows({ 'text/plain': 'result' })),
    )
    await built.run(folder.path, 'export', 'a.liqnb', '--no-code', '-o', 'report.html')
    const report = await folder.read('report.html')
    expect(report.slice(0, report.indexOf('</main>'))).not.toMatch(/secret|shown\(|Cell 2/)
    expect(report).toContain('result')
    await built.run(folder.path, 'export', 'a.liqnb')
    expect(await folder.read('a.html')).toContain('secret')
  })

  it('writes a site whose pages link to each other', async () => {
    await mkdir(folder.at('more'))
    await folder.write(
      'a.liqnb',
      markdown('m', '# First & <best>\n\nSee [the *next* one](more/a.liqnb#Part) and [file](x.csv).'),
    )
    await folder.write('more/a.liqnb', markdown('m', '## Only a section'), '1')
    await folder.write('index.liqnb', '1')
    const result = await built.run(
      folder.path,
      'export',
      '--site',
      'out',
      'a.liqnb',
      'more/a.liqnb',
      'index.liqnb',
      'a.liqnb',
    )
    expect(result).toEqual({ code: 0, stdout: '', stderr: 'Wrote 3 pages; open out/index.html in a browser\n' })
    const index = await folder.read('out/index.html')
    expect(index).toContain('<a href="a.html">First &amp; &lt;best&gt;</a>\n<p>See the next one and file.</p>')
    expect([...index.matchAll(/<a href="([^"]*)"/g)].map(match => match[1])).toEqual([
      'a.html',
      'a-2.html',
      'index-2.html',
    ])
    const page = await folder.read('out/a.html')
    expect(page).toContain('<a href="a-2.html#Part">')
    expect(page).toContain('<a href="x.csv">')
    expect(page).toContain(
      '<nav aria-label="Notebooks"><a href="index.html">All notebooks</a> <a href="a-2.html">a →</a></nav>',
    )
    expect(await folder.read('out/a-2.html')).toContain('← First &amp; &lt;best&gt;</a>')
  })
})
