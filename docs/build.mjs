/**
 * Builds the documentation site into out/docs: the Markdown files of this folder, the API from the doc comments, the pages of the
 * command line and the settings from the program itself. Works offline once its packages are installed.
 *
 *   node docs/build.mjs [--serve]
 *
 * Its generator has a package.json of its own, so that nobody else installs it. Dead links end the build with an error.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '..')
const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } })

/** Runs a program with its output shown; throws when it fails. */
function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) throw error
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}`)
}

function install() {
  const stamp = join(here, 'node_modules/.installed')
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
  writeFileSync(stamp, lock)
}

/** The API as Markdown, and its list for the side bar. Arquero's own functions have their documentation elsewhere. */
function writeApi() {
  rmSync(join(here, 'api'), { recursive: true, force: true })
  run(process.execPath, [join(here, 'node_modules/typedoc/bin/typedoc'), '--options', 'typedoc.json'], here)
  rmSync(join(here, 'api/liqnb'), { recursive: true, force: true })
  const index = join(here, 'api/index.md')
  const lines = readFileSync(index, 'utf8').split('\n')
  writeFileSync(index, lines.filter(line => !line.includes('](liqnb/')).join('\n'))
  const group = (text, folder) => ({
    text,
    collapsed: true,
    items: readdirSync(join(here, 'api', folder))
      .map(file => file.replace(/\.md$/, ''))
      .sort((a, b) => a.localeCompare(b, 'en'))
      .map(name => ({ text: name, link: `/api/${folder}/${name}` })),
  })
  const sidebar = [
    group('Functions', 'functions'),
    group('Groups of functions', 'variables'),
    group('Interfaces', 'interfaces'),
    group('Types', 'type-aliases'),
  ]
  writeFileSync(join(here, 'api/sidebar.json'), JSON.stringify(sidebar))
}

/** What `liqnb … --help` prints. */
function writeCommandLine() {
  const help = args =>
    execFileSync(process.execPath, [join(root, 'dist/cli.mjs'), ...args, '--help'], { encoding: 'utf8' })
  const overview = help([])
  const commands = [...overview.matchAll(/^ {2}([a-z]+)(?= |$)/gm)].map(match => match[1])
  const section = args => `## liqnb ${args.join(' ')}\n\n\`\`\`text\n${help(args).trimEnd()}\n\`\`\`\n`
  const text = [
    '# Command line\n',
    'In a clone: `node dist/cli.mjs …`. From the npm package: `npx liqnb …`.\n',
    `\`\`\`text\n${overview.trimEnd()}\n\`\`\`\n`,
    ...commands.map(command => section([command])),
  ]
  writeFileSync(join(here, 'command-line.md'), text.join('\n'))
}

/** The settings that package.json contributes. */
function writeSettings() {
  const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const rows = Object.entries(contributes.configuration.properties).map(([name, setting]) => {
    const text = (setting.markdownDescription ?? setting.description).replaceAll('\n', ' ').replaceAll('|', '\\|')
    return `| \`${name}\` | \`${JSON.stringify(setting.default)}\` | ${text} |`
  })
  const commands = contributes.commands.map(({ category, title }) => `- *${category}: ${title}*`)
  const text = [
    '# Settings and commands of VS Code',
    '',
    '## Settings',
    '',
    '| setting | default | |',
    '|---|---|---|',
    ...rows,
    '',
    '## Commands',
    '',
    ...commands,
    '',
  ]
  writeFileSync(join(here, 'settings.md'), text.join('\n'))
}

install()
if (!existsSync(join(root, 'dist/cli.mjs'))) run(process.execPath, ['esbuild.mjs'], root)
writeApi()
writeCommandLine()
writeSettings()
mkdirSync(join(root, 'out'), { recursive: true })
const vitepress = join(here, 'node_modules/vitepress/bin/vitepress.js')
if (values.serve) run(process.execPath, [vitepress, 'dev', '.'], here)
else run(process.execPath, [vitepress, 'build', '.', '--outDir', join(root, 'out/docs')], here)
