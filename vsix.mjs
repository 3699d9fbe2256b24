/**
 * Packs the extension from dist/; run `npm run build` first.
 *
 *   node vsix.mjs [--out FILE]
 *
 * VS Code's TypeScript server looks for an extension's plugin in its node_modules, and vsce packs only those modules that the
 * manifest names as dependencies. The published library must have no dependencies, so the extension is assembled in a
 * temporary folder, with a manifest that names the plugin. Links and pictures of its README become addresses in the repository, as
 * marketplaces show nothing else.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(fileURLToPath(import.meta.url))
const PARTS = ['dist', 'media', 'samples', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore']

const { values: options } = parseArgs({ options: { out: { type: 'string', default: 'liqnb.vsix' } } })
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [{ name }] = manifest.contributes.typescriptServerPlugins
const stage = mkdtempSync(join(tmpdir(), 'liqnb-vsix-'))

try {
  for (const part of PARTS) cpSync(join(root, part), join(stage, part), { recursive: true })
  writeJson('package.json', { ...manifest, dependencies: { [name]: manifest.version } })
  writeJson(`node_modules/${name}/package.json`, {
    name,
    version: manifest.version,
    license: manifest.license,
    main: '../../dist/tsserver.cjs',
  })
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce')
  const args = ['package', '--out', resolve(options.out)]
  const { status } = spawnSync(process.execPath, [vsce, ...args], { cwd: stage, stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(stage, { recursive: true, force: true })
}

function writeJson(path, value) {
  mkdirSync(dirname(join(stage, path)), { recursive: true })
  writeFileSync(join(stage, path), `${JSON.stringify(value, null, 2)}\n`)
}
