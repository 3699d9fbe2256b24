/** A notebook of what is easily lost on the way through VS Code, as Liqnb writes it. */

/** Becomes the JSON text itself. */
const raw = text => `<raw>${text}</raw>`

const sorted = value =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map(key => [key, sorted(value[key])]),
        )
      : value

const write = (value, indent) =>
  JSON.stringify(sorted(value), null, indent).replaceAll(/"<raw>(.*?)<\/raw>"/g, (_, text) => JSON.parse(`"${text}"`))

/** The data of an output. */
const oneLine = value => raw(write(value))

/** Names that VS Code, or JavaScript, may take for something else. The braces of `JSON.parse` make `__proto__` an ordinary name. */
const names = JSON.parse('{"$$ref$$": 0, "$mid": 1, "__proto__": {"a": 1}, "constructor": "c"}')
const numbers = ['1.0', '1e400', '-0', '-0.0', '12345678901234567890', '1e-07', '1e-7'].map(raw)
const odd = { names, numbers, texts: ['\uFEFFa', '\ud800', '\r\n'] }

const data = JSON.parse('{"__proto__": "kept"}')
Object.assign(data, {
  'TEXT/HTML': 'upper case',
  'application/json': oneLine(odd),
  'image/jpeg': 'not base64!',
  'image/png': 'iVBORw0KGgo=\n',
  'text/html': oneLine(['lower case']),
  'text/plain': ['\uFEFFwith a byte order mark\n', 'and half a pair: \ud800'],
  unknown: 'no subtype',
})

const code = { cell_type: 'code', execution_count: null }
const document = {
  cells: [
    {
      ...code,
      id: 'edited',
      metadata: odd,
      outputs: [
        { name: 'stdout', output_type: 'stream', text: ['\uFEFF50 %\r', '100 %\n', 'half: \udc00'] },
        { name: 'stderr', output_type: 'stream', text: [] },
        { data, metadata: odd, output_type: 'display_data' },
        { data: {}, metadata: {}, output_type: 'display_data' },
        { ename: '\uFEFFError', evalue: '\ud800', output_type: 'error', traceback: ['', '\r'] },
      ],
      source: ['1'],
    },
    {
      attachments: { __attached: { 'image/png': 'AA\nAA' } },
      cell_type: 'markdown',
      id: 'bom',
      metadata: {},
      source: ['\uFEFFa\r\n', 'b\r', 'c\n', 'd'],
    },
    {
      ...code,
      id: 'raw',
      metadata: { vscode: { languageId: 'raw' } },
      outputs: [{ name: 'stdout', output_type: 'stream', text: ['kept'] }],
      source: ['code in raw'],
    },
    { cell_type: 'raw', id: 'half', metadata: { list: [raw('-0'), raw('1e400')] }, source: ['\ud800'] },
    { cell_type: 'raw', id: 'return', metadata: {}, source: ['\r'] },
  ],
  metadata: { kernelspec: { display_name: 'Liqnb (TypeScript)', language: 'typescript', name: 'liqnb' }, odd },
  nbformat: 4,
  nbformat_minor: 5,
}

/** The file; the source of its first cell is `1`. */
export const EXACT_NOTEBOOK = `${write(document, 1)}\n`
