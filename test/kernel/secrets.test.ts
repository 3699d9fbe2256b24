/** Keys of exchanges in the kernel: who gets them, and that they do not come out again. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { ExchangeKey, KeyRequest } from '../../src/common/exchange-key.ts'
import { type CellRun, useKernel } from './harness.ts'

const kernel = useKernel()

const KEY: ExchangeKey = {
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
}
const ASK = "const { key } = await liq.task().exchangeKey({ name: 'binance' });"

/** The parts of a key that a text holds. */
function leaks(...texts: unknown[]): string[] {
  const text = JSON.stringify(texts)
  return Object.values(KEY).flatMap(value =>
    [value.slice(0, 20), value.slice(22, 44), value.slice(-20), btoa(value).slice(4, 40)].filter(part =>
      text.includes(part),
    ),
  )
}

function bench(asked: KeyRequest[] = []) {
  return kernel.bench({
    exchangeKey: async request => {
      asked.push(request)
      return request.name === 'binance' ? { key: KEY } : { refusal: `no key of ${request.name}` }
    },
  })
}

it('a cell gets the key of the exchange that it names, and only that one', async () => {
  const asked: KeyRequest[] = []
  const session = bench(asked)
  expect(await session.valueOf(`${ASK}\nkey.apiKey.length + key.secret.length`)).toBe('128')
  expect(await session.valueOf("await liq.task().exchangeKey({ name: 'okx', server: 'localhost' })")).toBe(
    "{ refusal: 'no key of okx' }",
  )
  expect(asked).toEqual([{ name: 'binance' }, { name: 'okx', server: 'localhost' }])
})

it('without a host that has keys there are none', async () => {
  expect(await kernel.bench().valueOf("await liq.task().exchangeKey({ name: 'binance' })")).toContain('refusal')
})

it('the environment of a cell holds no keys', async () => {
  process.env.LIQNB_BINANCE_API_KEY = KEY.apiKey
  try {
    const session = bench()
    expect(await session.valueOf('Object.values(process.env).some(value => value.length === 64)')).toBe('false')
    expect(await session.valueOf('typeof process.env.PATH')).toBe("'string'")
  } finally {
    delete process.env.LIQNB_BINANCE_API_KEY
  }
})

it.each<[name: string, code: string, text: (run: CellRun) => unknown]>([
  ['its value', 'key', run => run.value()],
  ['a long value that is cut off', "({ text: 'x'.repeat(9960) + key.secret })", run => run.value()],
  ['printed text', 'console.log(key); console.error(btoa(key.secret))', run => [run.text(), run.text('stderr')]],
  ['text in parts', 'for (const c of key.secret.match(/.{16}/g)) process.stdout.write(c)', run => run.text()],
  ['text at the limit', "process.stdout.write('x'.repeat(4 * 2 ** 20 - 30) + key.secret)", run => run.text()],
  [
    'raw text that arrives in two parts',
    "import { writeSync } from 'node:fs'\nwriteSync(1, key.apiKey.slice(0, 40)); await new Promise(done => setTimeout(done, 200)); writeSync(1, key.apiKey.slice(40) + '!')",
    run => run.text(),
  ],
  [
    'text of another process',
    "import { execFileSync } from 'node:child_process'\nexecFileSync('echo', [key.secret], { stdio: 'inherit' })",
    run => run.text(),
  ],
  ['an error', "throw new Error('bad key ' + key.apiKey, { cause: { key } })", run => run.error()],
  ['a thrown value', 'throw key', run => run.error()],
  ['a table', 'aq.table({ name: Array(50).fill(key.apiKey) })', run => run.value()],
  [
    'a display method',
    "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>' + key.secret + '</b>' }) })",
    run => run.value(),
  ],
  ['progress', 'progress(key.apiKey, 0.5)', run => run.progress],
])('a key is hidden in %s', async (_name, code, shown) => {
  const run = await bench().run(`${ASK}\n${code}`)
  expect(JSON.stringify(shown(run))).toContain('[hidden: key of binance]')
  expect(leaks(run.outputs, run.progress, run.late)).toEqual([])
})

it('raw text that arrives in two parts is put together before it is shown', async () => {
  const run = await bench().run(`${ASK}
import { writeSync } from 'node:fs'
writeSync(1, key.apiKey.slice(0, 9)); await new Promise(done => setTimeout(done, 200)); writeSync(1, key.apiKey.slice(9) + '!')`)
  expect(run.text()).toBe('[hidden: key of binance]!')
})

it('packed rows of a table hold no key', async () => {
  const run = await bench().run(`${ASK}\naq.table({ name: Array(50).fill(key.apiKey) })`)
  const { packed } = run.value()!['application/vnd.dataresource+json'] as { packed: { data: string } }
  const rows = inflateRawSync(Buffer.from(packed.data, 'base64')).toString()
  expect(rows).toContain('hidden')
  expect(leaks(rows)).toEqual([])
})

it('a key is hidden in the report of a crash', async () => {
  const run = await bench().run(
    `${ASK}\nconsole.log(key.apiKey)\nprocess.stderr.fd; require('node:fs').writeSync(2, 'FATAL ERROR: ' + key.secret); process.abort()`,
  )
  expect(run.error()?.traceback.join('\n')).toContain('hidden: key of binance')
  expect(leaks(run.outputs)).toEqual([])
})

it('a key is hidden in variables and answers of outputs', async () => {
  const session = bench()
  const { value } = await session.run(
    `${ASK}\nconst long = 'x'.repeat(100) + key.secret\nconst channel = globalThis[Symbol.for('liqnb.channel')].open(() => [key, { [key.secret]: 1 }])\nchannel`,
  )
  const variables = await session.session.variables()
  expect(variables.map(({ name }) => name)).toContain('key')
  const channel = String(value()?.['text/plain']).replaceAll("'", '')
  const reply = await session.session.request({ channel, message: null })
  expect(reply).toMatchObject({ ok: true, value: [{ apiKey: '[hidden: key of binance]' }, {}] })
  expect(leaks(variables, reply)).toEqual([])
})

it('a key that a cell holds itself is hidden once the library has seen it', async () => {
  const session = bench()
  const run = await session.run(
    `liq.task().hide('${KEY.secret}', 'key of bybit'); require('node:fs').writeSync(1, '${KEY.secret}')\n'${KEY.secret}'`,
  )
  expect(run.text()).toContain('[hidden: key of bybit]')
  expect(leaks(run.outputs)).toEqual([])
})

it('the kernel writes no key to a file', async () => {
  const session = bench()
  await session.run(`${ASK}\nimport { twice } from './module.ts'\ntwice(key.secret)`)
  writeFileSync(join(session.folder, 'module.ts'), 'export const twice = (text: string) => text + text')
  const found = execFileSync('sh', [
    '-c',
    `grep -rlF ${KEY.secret} "$0" /tmp/liqnb-* 2>/dev/null || true`,
    session.folder,
  ])
  expect(found.toString()).toBe('')
})
