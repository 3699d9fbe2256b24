import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { version } from '../../package.json'
import { newCodeCell } from '../../src/notebook/create.ts'
import { runCommand, useFolder } from './harness.ts'

const folder = useFolder()
const liqnb = (...args: string[]) => runCommand(folder.path, ...args)

describe('an error', () => {
  it.each([
    ['run', 'a\nb'],
    ['export', 'a\u2028b\u0007'],
    ['new', 'x/'.repeat(50_000)],
    ['run', 'a'.repeat(100_000)],
    ['validate', 'a'.repeat(100_000)],
    ['validate', 'a\rb'],
    ['data', 'get', '--exchange', 'a\nb', '--symbol', 'X', '--since', '2024-01-01'],
    ['data', 'get', '--exchange', 'okx', '--symbol', 'a'.repeat(100_000), '--since', '2024-01-01'],
    ['data', 'get', '--exchange', 'okx', '--symbol', 'X', '--since', '2024-01-01', '--ccxt', 'a\nb'],
    ['a'.repeat(100_000)],
    ['run', `--${'a'.repeat(100_000)}`],
  ])('is one short line: %.30s %.30s', async (...args) => {
    const { code, stdout, stderr } = await runCommand(folder.path, ...args)
    expect(code).toBeGreaterThan(0)
    const [line = '', ...more] = (stderr + stdout).trimEnd().split('\n')
    expect(line.length).toBeLessThan(1200)
    expect(line).not.toContain('ENAMETOOLONG')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach the terminal
    expect(line).not.toMatch(/[\u0000-\u001f\u2028]/)
    expect(more.filter(text => !text.startsWith('See: '))).toEqual([])
  })
})

describe('help', () => {
  it('exists for the command line and for each command', async () => {
    const { code, stdout } = await liqnb('--help')
    expect(code).toBe(0)
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[?[A-Z]|--)/gm)].map(match => match[1]!)
    expect(commands).toEqual([
      'run',
      'export',
      'convert',
      'strip',
      'graph',
      'text',
      'diff',
      'validate',
      'check',
      'new',
      'mcp',
      'kernel',
      'data',
      'sweep',
      'worker',
      'batch',
    ])
    for (const command of commands) {
      const help = await liqnb(command, '--help')
      expect(help).toMatchObject({ code: 0, stderr: '' })
      expect(help.stdout).toContain(`Usage: liqnb ${command} `)
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(115)
  })
  it('goes to stderr without a command', async () => {
    expect(await liqnb()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage:') })
  })
  it('shows the version', async () => {
    expect(await liqnb('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('invalid arguments', () => {
  it.each([
    [['frobnicate'], 'There is no command "frobnicate"\nSee: liqnb --help'],
    [['toString'], 'There is no command "toString"'],
    [['exprot'], 'There is no command "exprot" (did you mean export?)'],
    [['run'], 'No notebook file is given\nSee: liqnb run --help'],
    [['run', 'a.liqnb', 'b.liqnb'], 'there is also b.liqnb'],
    [['run', 'a.liqnb', '--frob'], "Unknown option '--frob'\n"],
    [['run', 'a.liqnb', '--outptu', 'b.liqnb'], "Unknown option '--outptu' (did you mean --output?)\n"],
    [['run', 'a.liqnb', '-p'], "'-p, --param <value>'"],
    [['run', 'a.liqnb', '-p', 'symbol'], 'A parameter is given as name=value, found "symbol"'],
    [['run', 'a.liqnb', '-p', 'a-b=1'], '"a-b" is not a TypeScript name'],
    [['run', 'a.liqnb', '-p', 'class=1'], '"class" is a reserved word'],
    [['run', 'a.liqnb', '--timeout', '0'], '--timeout takes a number of seconds above 0, found "0"'],
    [['run', 'a.liqnb', '--timeout', 'soon'], 'found "soon"'],
    [['run', 'a.liqnb', '--html', './a.liqnb'], '--html would overwrite the notebook'],
    [['run', 'a.liqnb', '-o', 'x', '--html', 'x'], '--html would overwrite the notebook'],
    [['export', 'a.liqnb', '--to', 'pdf'], '--to takes html, ipynb, md or ts, found "pdf"'],
    [['export', 'a.liqnb', '--to', 'ts', '--no-code'], '--no-code needs --to html or md'],
    [['export', 'a.liqnb', '--inline'], '--inline needs --to md'],
    [['export', '--site', 'out'], '--site needs notebooks'],
    [['export', '--site', 'out', 'a.liqnb', '-o', 'b'], '--site takes notebooks and --no-code only'],
    [['convert', 'a.ipynb', '-o', 'a.html'], 'a notebook in .ipynb becomes one in .liqnb, found -o "a.html"'],
    [['convert', 'a.liqnb', '-o', './a.liqnb'], 'is the notebook itself'],
    [['export', 'a.ipynb', '--to', 'ipynb'], 'a.ipynb is the notebook itself'],
    [['validate'], 'No notebook file is given'],
    [['batch', 'a.liqnb'], 'batch needs --grid NAME=VALUE,VALUE,…'],
    [['batch'], 'No notebook file is given'],
    [['worker'], 'worker needs --queue redis://HOST:PORT'],
    [['worker', '--queue', 'redis://x', '--idle', '0'], '--idle takes a number of seconds above 0'],
    [['worker', 'x', '--queue', 'redis://x'], 'there is also x'],
    [['sweep'], 'sweep takes plan, run, merge, clean, found nothing'],
    [['sweep', 'plan'], 'sweep plan needs a notebook'],
    [['sweep', 'run'], 'sweep run needs a plan'],
    [['sweep', 'run', 'a', 'b'], 'there is also b'],
    [['sweep', 'merge', 'a', '--shard', '0/1'], 'sweep merge does not take --shard'],
    [['sweep', 'plan', 'a.liqnb'], 'sweep plan needs -o FILE'],
    [['sweep', 'merge', 'a', '-o', 'b.txt'], '-o takes a file that ends with .parquet or .csv'],
    [['sweep', 'run', 'a', '--of', '0'], '--of takes a whole number from 1 to 100000, found "0"'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await liqnb(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('failures', () => {
  it.each([
    [['run', 'none.liqnb'], /^liqnb: Cannot read .*none\.liqnb: there is no such file or folder\n$/],
    [['run', '.'], /^liqnb: Cannot read .*: it is a folder\n$/],
    [['run', 'bad.liqnb'], /^liqnb: .*bad\.liqnb: line 1, column 2: /],
    [['run', 'a.liqnb', '--cwd', 'none'], /^liqnb: --cwd none: there is no such folder\n$/],
    [['run', 'a.liqnb', '-o', 'a.liqnb/x'], /^liqnb: Cannot write .*\n$/],
    [['run', 'a.liqnb', '-o', '.'], /^liqnb: Cannot write .*: it is a folder\n$/],
    [['export', 'bad.liqnb'], /^liqnb: .*bad\.liqnb: line 1, column 2: /],
  ])('%j', async (args, message) => {
    await folder.write('a.liqnb', '1')
    await writeFile(folder.at('bad.liqnb'), '{oops')
    const { code, stdout, stderr } = await liqnb(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('new', () => {
  it('creates a valid notebook and never overwrites one', async () => {
    expect(await liqnb('new', 'sub/study')).toMatchObject({ code: 0, stderr: 'Wrote sub/study.liqnb\n' })
    const text = await folder.read('sub/study.liqnb')
    expect(await liqnb('validate', 'sub/study.liqnb')).toMatchObject({ code: 0 })
    await writeFile(folder.at('sub/study.liqnb'), 'mine')
    expect(await liqnb('new', 'sub/study')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it exists already'),
    })
    expect(await folder.read('sub/study.liqnb')).toBe('mine')
    expect(text).toContain('"name": "liqnb"')
  })

  it('starts from a template, and names the nearest one', async () => {
    expect(await liqnb('new', 'csv', '--from', 'csv')).toMatchObject({ code: 0 })
    expect(await liqnb('validate', 'csv.liqnb')).toMatchObject({ code: 0 })
    expect((await folder.notebook('csv.liqnb')).cells[1]).toMatchObject({ metadata: { tags: ['parameters'] } })
    expect(await liqnb('new', 'other', '--from', 'quikstart')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found "quikstart" (did you mean quickstart?)'),
    })
    expect((await liqnb('new', '--help')).stdout).toMatch(/^ {2}live +Follows a market/m)
  })

  it('a misspelt notebook names the nearest file', async () => {
    await folder.write('quickstart.liqnb', '1')
    expect((await liqnb('export', 'quikstart.liqnb')).stderr).toContain('(did you mean quickstart.liqnb?)')
  })
})

describe('validate', () => {
  it('reports every problem of every file', async () => {
    await folder.write('good.liqnb', '1')
    await writeFile(folder.at('bad.liqnb'), '{"nbformat": 4, "nbformat_minor": 5, "metadata": 1, "cells": [{}]}')
    await writeFile(folder.at('cut.liqnb'), '{"nbformat": 4,')
    expect(await liqnb('validate', 'good.liqnb')).toEqual({ code: 0, stdout: 'good.liqnb: ok\n', stderr: '' })
    const { code, stdout } = await liqnb('validate', 'good.liqnb', 'bad.liqnb', 'cut.liqnb', 'none.liqnb')
    expect(code).toBe(1)
    expect(stdout.trim().split('\n')).toEqual([
      'good.liqnb: ok',
      'bad.liqnb: metadata: expected an object, found 1',
      'bad.liqnb: cells[0].cell_type: required, but missing',
      expect.stringMatching(/^cut\.liqnb: line 1, column 16: .*cut off$/),
      'none.liqnb: cannot be read: there is no such file or folder',
    ])
  })
})

describe('a notebook with repeated cell ids', () => {
  const write = async () => {
    await folder.write('a.liqnb', '1', '1')
    await writeFile(folder.at('a.liqnb'), (await folder.read('a.liqnb')).replace('"c2"', '"c1"'))
  }
  const problem = 'cells[1].id: cell ids must be unique, but cells[0] has the id "c1" too'
  it('is not valid', async () => {
    await write()
    expect(await liqnb('validate', 'a.liqnb')).toMatchObject({ code: 1, stdout: `a.liqnb: ${problem}\n` })
  })
  it('is repaired by other commands, which say so', async () => {
    await write()
    const { code, stderr } = await liqnb('export', 'a.liqnb', '--to', 'ipynb')
    expect(code).toBe(0)
    expect(stderr).toContain(`a.liqnb: ${problem}; the cell has a new id\n`)
    expect(new Set((await folder.notebook('a.ipynb')).cells.map(cell => cell.id)).size).toBe(2)
  })
})

describe('export', () => {
  it('writes an .ipynb with the outputs beside the notebook', async () => {
    const cell = newCodeCell('a', '1')
    cell.outputs.push({ output_type: 'stream', name: 'stdout', text: 'saved' })
    await folder.write('a.liqnb', cell)
    expect(await liqnb('export', 'a.liqnb', '--to', 'ipynb')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Wrote a.ipynb\n',
    })
    expect(await folder.outputTexts('a.ipynb')).toEqual(['saved'])
  })
})
