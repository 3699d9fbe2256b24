/** Cells in SQL, which run as a call of `liq.sql`. */
import { otherLanguage } from './runnable.ts'
import type { CodeCell } from './types.ts'

export const SQL_LANGUAGE = 'sql'

export const isQuery = (cell: CodeCell) => otherLanguage(cell) === SQL_LANGUAGE

/** The code of a cell as the kernel runs it. */
export function cellCode(cell: CodeCell): string {
  return isQuery(cell) ? sqlCode(cell.source) : cell.source
}

/** A first line `-- name: top` declares a variable with the result. */
const NAME = /^\s*--\s*name:\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*$/mu

/**
 * A query as TypeScript: its tables are the notebook's variables of these names, as far as they exist, and its result is shown, and
 * declared if its first line says so.
 * @example sqlCode('-- name: top\nSELECT * FROM clusters')
 */
export function sqlCode(query: string): string {
  const tables = tableNames(query).map(name => `${name}: typeof ${name} === 'undefined' ? undefined : ${name}`)
  const call = `await liq.sql(${JSON.stringify(query)}${tables.length > 0 ? `, { tables: { ${tables.join(', ')} } }` : ''})`
  const name = declaredName(query)
  if (name === undefined) return call
  if (NO_VARIABLE.test(name))
    return `throw new SyntaxError(${JSON.stringify(`-- name: ${name} is no name for a variable`)})`
  return `const ${name} = ${call}\n${name}`
}

/** The code that declares what a query declares, without running it: for its type. Undefined if it declares nothing. */
export function tableDeclaration(query: string): string | undefined {
  const name = declaredName(query)
  return name === undefined || NO_VARIABLE.test(name) ? undefined : `const ${name} = await liq.sql('')`
}

function declaredName(query: string): string | undefined {
  const [first = ''] = query.trimStart().split('\n')
  return NAME.exec(first)?.[1]
}

/** Everything that is no code: comments, and texts in quotes. */
const QUIET = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g
const IDENTIFIER = String.raw`(?:"[^"]+"|[\p{ID_Start}$_][\p{ID_Continue}$]*(?![\p{ID_Continue}$]))`
/** What FROM and JOIN name, and further names behind commas, each perhaps with an alias. */
const SOURCES = new RegExp(
  String.raw`\b(?:from|join)\s+(${IDENTIFIER}(?:\s+(?:as\s+)?${IDENTIFIER})?(?:\s*,\s*${IDENTIFIER}(?:\s+(?:as\s+)?${IDENTIFIER})?)*)(?!\s*[.(])`,
  'giu',
)
/** Words that no variable can have, and `liq`, by which the query itself runs. */
const NO_VARIABLE =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|arguments|eval|liq)$/
/** Words that SQL reads itself. */
const RESERVED =
  /^(?:lateral|select|values|unnest|where|group|order|limit|using|on|left|right|full|inner|cross|natural|asof|positional)$/i

/** The names of tables in a query that may be variables. */
function tableNames(query: string): string[] {
  const names = new Set<string>()
  for (const [, list = ''] of query.replace(QUIET, ' ').matchAll(SOURCES))
    for (const part of list.split(',')) {
      const name =
        part
          .trim()
          .split(/\s+/)[0]
          ?.replace(/^"(.*)"$/, '$1') ?? ''
      if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !RESERVED.test(name) && !NO_VARIABLE.test(name))
        names.add(name)
    }
  return [...names]
}
