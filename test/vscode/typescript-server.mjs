/** A client of VS Code's TypeScript server with the plugin of the installed extension, in VS Code's protocol. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const HEADER = /^Content-Length: (\d+)\r?\n\r?\n/

export class TypeScriptServer {
  #child
  #waiting = new Map()
  #listeners = new Set()
  #received = Buffer.alloc(0)
  #last = 0

  /**
   * @param {{ node: string, typescript: string }} vscode
   * @param {string} extensions the folder of the installed extensions
   */
  constructor({ node, typescript }, extensions) {
    const extension = readdirSync(extensions).find(name => name.startsWith('liqnb.'))
    if (extension === undefined) throw new Error(`Liqnb is not installed in ${extensions}.`)
    this.#child = spawn(
      node,
      [
        join(typescript, 'lib/tsserver.js'),
        ...[
          '--useInferredProjectPerProjectRoot',
          '--disableAutomaticTypingAcquisition',
          '--noGetErrOnBackgroundUpdate',
        ],
        ...['--globalPlugins', 'liqnb-cells', '--pluginProbeLocations', join(extensions, extension)],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    this.#child.stdout.on('data', chunk => this.#read(chunk))
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The TypeScript server has ended.'))
    })
  }

  /** @returns {Promise<any>} the body of the answer; rejects with the server's message */
  request(command, args) {
    const seq = this.#send(command, args)
    return new Promise((resolve, reject) => this.#waiting.set(seq, { resolve, reject }))
  }

  /** Sends a request that only events answer. */
  notify(command, args) {
    this.#send(command, args)
  }

  /** @returns {Promise<any>} the body of the next event of a kind that passes the test */
  event(name, test = () => true) {
    return new Promise(resolve => this.#listeners.add({ name, test, resolve }))
  }

  /** Opens files in one project. */
  async open(files, projectRootPath) {
    const openFiles = files.map(({ file, text }) => ({
      file,
      fileContent: text,
      scriptKindName: 'TS',
      projectRootPath,
    }))
    await this.request('updateOpen', { openFiles, changedFiles: [], closedFiles: [] })
  }

  /** The process. */
  get pid() {
    return this.#child.pid
  }

  stop() {
    this.#child.kill()
  }

  #send(command, args) {
    const seq = ++this.#last
    this.#child.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`)
    return seq
  }

  #read(chunk) {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const header = HEADER.exec(this.#received.toString('latin1'))
      if (header === null) return
      const end = header[0].length + Number(header[1])
      if (this.#received.length < end) return
      const message = JSON.parse(this.#received.toString('utf8', header[0].length, end))
      this.#received = this.#received.subarray(end)
      if (message.type === 'event') this.#tell(message)
      const waiting = message.type === 'response' ? this.#waiting.get(message.request_seq) : undefined
      this.#waiting.delete(message.request_seq)
      if (message.success) waiting?.resolve(message.body)
      else waiting?.reject(new Error(message.message))
    }
  }

  #tell({ event, body }) {
    for (const listener of this.#listeners) {
      if (listener.name !== event || !listener.test(body)) continue
      this.#listeners.delete(listener)
      listener.resolve(body)
    }
  }
}
