/** Jupyter's own nbclient and jupyter_client run cells in the kernel, over ZeroMQ. */
import { execFileSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Wire } from '../../src/cli/jupyter/messages.ts'
import { withOptional } from '../optional/modules.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const folder = useFolder()
const built = useBuiltCli()
const modules = withOptional('zeromq')

const python = ['/usr/bin/python3', 'python3'].find(program => {
  try {
    execFileSync(program, ['-c', 'import nbclient, jupyter_client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})
if (python === undefined)
  console.warn('Tests of the Jupyter kernel are skipped: no Python has nbclient (apt-get install python3-nbclient)')

/** Installs the kernel as a user does, in a folder from which zeromq can be found. */
async function install() {
  await mkdir(folder.at('data'))
  if (!existsSync(folder.at('node_modules'))) symlinkSync(`${modules}/node_modules`, folder.at('node_modules'))
  const result = await built.run(folder.path, 'kernel', 'install', '--prefix', 'env')
  expect(result).toMatchObject({ code: 0, stdout: '' })
}

const runPython = (program: string) =>
  execFileSync(python!, ['-W', 'ignore', '-c', program], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, JUPYTER_PATH: folder.at('env/share/jupyter'), JUPYTER_RUNTIME_DIR: folder.at('data') },
  })

describe('without zeromq', () => {
  it('says what to install', async () => {
    const { code, stderr } = await built.run(folder.path, 'kernel', 'install', '--prefix', 'env')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^liqnb: The Jupyter kernel needs the package zeromq: run "npm install -g zeromq"/)
    expect(existsSync(folder.at('env'))).toBe(false)
  })
})

describe.skipIf(modules === undefined)('the kernel specification', () => {
  it('is installed and removed', async () => {
    await install()
    const spec = JSON.parse(await folder.read('env/share/jupyter/kernels/liqnb/kernel.json'))
    expect(spec).toMatchObject({
      display_name: 'Liqnb (TypeScript)',
      language: 'typescript',
      interrupt_mode: 'message',
    })
    expect(spec.argv).toEqual([
      process.execPath,
      `${built.dir}/cli.mjs`,
      'kernel',
      'start',
      '--zeromq',
      expect.any(String),
      '{connection_file}',
    ])
    await built.run(folder.path, 'kernel', 'uninstall', '--prefix', 'env')
    expect(existsSync(folder.at('env/share/jupyter/kernels/liqnb'))).toBe(false)
  })
})

describe.skipIf(modules === undefined || python === undefined)('in Jupyter', () => {
  it('runs the cells of a notebook by nbclient: text, values, updates, errors', async () => {
    await install()
    await folder.write(
      'a.liqnb',
      'const n: number = await Promise.resolve(41)\nconsole.log("printed")',
      'n + 1',
      "const spot = display('old'); spot.update('new'); display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) })",
      'n.fisrt()',
    )
    runPython(`
import nbformat, nbclient
nb = nbformat.read('a.liqnb', 4)
try:
    nbclient.NotebookClient(nb, timeout=60, kernel_name='liqnb').execute()
except nbclient.exceptions.CellExecutionError as error:
    print(error.ename)
nbformat.write(nb, 'ran.ipynb')
`)
    const { cells } = JSON.parse(await folder.read('ran.ipynb'))
    expect(cells[0].outputs).toEqual([{ name: 'stdout', output_type: 'stream', text: ['printed\n'] }])
    expect(cells[1].outputs).toMatchObject([
      { output_type: 'execute_result', execution_count: 2, data: { 'text/plain': ['42'] } },
    ])
    expect(cells[2].outputs).toMatchObject([
      { data: { 'text/plain': ["'new'"] } },
      { data: { 'text/html': ['<b>x</b>'] } },
    ])
    expect(cells[3].outputs[0]).toMatchObject({
      output_type: 'error',
      ename: 'TypeError',
      evalue: 'n.fisrt is not a function',
    })
    expect(cells[3].outputs[0].traceback.join('\n')).toContain('at Cell 4:1:3')
  })

  it('completes names, is interrupted, restarts without variables, and shuts down', async () => {
    await install()
    await writeFile(
      folder.at('client.py'),
      `
import jupyter_client, json, queue
km, kc = jupyter_client.manager.start_new_kernel(kernel_name='liqnb', startup_timeout=60)
out = {}
out['info'] = kc.kernel_info(reply=True)['content']['language_info']['name']
kc.execute_interactive('const someName = 1; const 𝒙 = 2', timeout=60, output_hook=lambda m: None)
reply = kc.complete('"𝒙"; someN', reply=True)['content']
out['complete'] = [reply['matches'], reply['cursor_start'], reply['cursor_end']]
loop = kc.execute('for (;;) {}')
while True:
    m = kc.get_iopub_msg(timeout=60)
    if m['msg_type'] == 'execute_input' and 'for' in m['content']['code']: break
km.interrupt_kernel()
while True:
    m = kc.get_shell_msg(timeout=60)
    if m['parent_header']['msg_id'] == loop: break
out['loop'] = [m['content']['status'], m['content'].get('ename')]
out['kept'] = kc.execute_interactive('someName', timeout=60, output_hook=lambda m: None)['content']['status']
km.restart_kernel(now=False)
kc.wait_for_ready(timeout=60)
out['restarted'] = kc.execute_interactive('someName', timeout=60, output_hook=lambda m: None)['content']['ename']
kc.stop_channels()
km.shutdown_kernel(now=False)
out['alive'] = km.is_alive()
print(json.dumps(out))
`,
    )
    expect(JSON.parse(runPython('exec(open("client.py").read())'))).toEqual({
      info: 'typescript',
      complete: [['someName'], 5, 10],
      loop: ['error', 'Interrupted'],
      kept: 'ok',
      restarted: 'ReferenceError',
      alive: false,
    })
  })
})

describe('a message', () => {
  const header = { msg_id: 'a', msg_type: 'kernel_info_request', session: 's' }

  it('is read if its key signed it, and not otherwise', () => {
    const frames = (key: string) =>
      new Wire(key).write('kernel_info_request', { x: 1 }, header, ['id']).map(frame => Buffer.from(frame))
    expect(new Wire('key').read(frames('key'))).toMatchObject({ content: { x: 1 }, identities: [Buffer.from('id')] })
    expect(new Wire('key').read(frames('other'))).toBeUndefined()
    expect(new Wire('key').read(frames(''))).toBeUndefined()
    const changed = frames('key')
    changed[changed.length - 1] = Buffer.from('{"x":2}')
    expect(new Wire('key').read(changed)).toBeUndefined()
    expect(new Wire('key').read([Buffer.from('text')])).toBeUndefined()
  })
})
