/** Changes the call of `liq.heatmap` in the code of a cell, found by TypeScript's own parser. */
import type ts from '@typescript/typescript6'
import type { HeatmapChange } from '../kernel/messaging.ts'

type TypeScript = typeof ts

/** The code with the change, or why the call cannot be changed, as a sentence for the reader. */
export type ChangedCode = { source: string } | { problem: string }

export function changeHeatmapCall(typescript: TypeScript, source: string, change: HeatmapChange): ChangedCode {
  for (const [name, expression] of change.set)
    if (!isPlain(typescript, expression)) return { problem: `The value of ${name} is not plain data.` }
  const { timeframe } = change
  const steps: ((call: Call) => Edit | string | null)[] = [
    ...change.set.map(
      ([name, expression]) =>
        (call: Call) =>
          setOption(typescript, call, name, expression),
    ),
    ...change.remove.map(name => (call: Call) => removeOption(typescript, call, name)),
    ...(timeframe ? [(call: Call) => resampleMarket(call, timeframe)] : []),
  ]
  // One edit at a time, each on the code as the one before left it.
  let code = source
  for (const step of steps) {
    const call = findCall(typescript, code, code === source ? change.market : null)
    if (typeof call === 'string') return { problem: call }
    const edit = step(call)
    if (typeof edit === 'string') return { problem: edit }
    if (edit) code = code.slice(0, edit.start) + edit.text + code.slice(edit.end)
  }
  return { source: code }
}

interface Call {
  file: ts.SourceFile
  market: ts.Expression
  options: ts.Expression | undefined
}

interface Edit {
  start: number
  end: number
  text: string
}

/** The one call that can be meant, or a sentence about why it is not clear. */
function findCall(typescript: TypeScript, source: string, market: string | null): Call | string {
  const file = typescript.createSourceFile('cell.ts', source, typescript.ScriptTarget.Latest, true)
  const problems = (file as unknown as { parseDiagnostics?: unknown[] }).parseDiagnostics
  if (problems && problems.length > 0) return 'The code of the cell has a syntax error.'
  const calls: { call: ts.CallExpression; repeated: boolean }[] = []
  const visit = (node: ts.Node, repeated: boolean): void => {
    if (typescript.isCallExpression(node) && isHeatmap(typescript, node.expression))
      calls.push({ call: node, repeated })
    const inside = repeated || typescript.isFunctionLike(node) || typescript.isIterationStatement(node, false)
    typescript.forEachChild(node, child => visit(child, inside))
  }
  visit(file, false)
  const [found, ...others] = calls
  if (!found) return 'The cell has no call of liq.heatmap: the map is made elsewhere.'
  if (others.length > 0) return 'The cell has several calls of liq.heatmap.'
  if (found.repeated) return 'The call of liq.heatmap is inside a function or a loop.'
  const [first, options, ...more] = found.call.arguments
  if (!first || more.length > 0 || [first, options].some(node => node && typescript.isSpreadElement(node)))
    return 'The call of liq.heatmap has unusual arguments.'
  if (market !== null && market !== 'market' && typescript.isIdentifier(first) && first.text !== market)
    return `The call of liq.heatmap in the cell is of ${first.text}, not of ${market}.`
  return { file, market: first, options }
}

/** `liq.heatmap`, or the function that a script imports. */
function isHeatmap(typescript: TypeScript, callee: ts.Expression): boolean {
  if (typescript.isIdentifier(callee)) return callee.text === 'heatmap'
  return (
    typescript.isPropertyAccessExpression(callee) &&
    callee.name.text === 'heatmap' &&
    typescript.isIdentifier(callee.expression) &&
    callee.expression.text === 'liq'
  )
}

function setOption(typescript: TypeScript, { file, market, options }: Call, name: string, text: string): Edit | string {
  if (!options) return insert(market.end, `, { ${name}: ${text} }`)
  // Later properties win, so what the expression holds of it does not count.
  if (!typescript.isObjectLiteralExpression(options))
    return {
      start: options.getStart(file),
      end: options.end,
      text: `{ ...${wrapped(typescript, options, file)}, ${name}: ${text} }`,
    }
  const existing = propertiesNamed(typescript, options, name)
  if (typeof existing === 'string') return existing
  const [property] = existing
  if (property) return { start: property.getStart(file), end: property.end, text: `${name}: ${text}` }
  const last = options.properties.at(-1)
  if (!last) return { start: options.getStart(file), end: options.end, text: `{ ${name}: ${text} }` }
  // On a line of its own where the last property is.
  const before = file.text.slice(options.getStart(file) + 1, last.getStart(file))
  const indent = /\n([ \t]*)(?:(?!\n)[\s\S])*$/.exec(before)?.[1]
  return insert(last.end, indent === undefined ? `, ${name}: ${text}` : `,\n${indent}${name}: ${text}`)
}

function removeOption(typescript: TypeScript, call: Call, name: string): Edit | string | null {
  const { file, options } = call
  if (!options) return null
  if (!typescript.isObjectLiteralExpression(options)) return setOption(typescript, call, name, 'undefined')
  const existing = propertiesNamed(typescript, options, name)
  if (typeof existing === 'string') return existing
  const [property] = existing
  if (options.properties.some(item => typescript.isSpreadAssignment(item)))
    return setOption(typescript, call, name, 'undefined')
  if (!property) return null
  const { properties } = options
  const index = properties.indexOf(property)
  if (properties.length === 1 && !properties.hasTrailingComma)
    return { start: call.market.end, end: options.end, text: '' }
  if (index > 0) return { start: properties[index - 1]!.end, end: property.end, text: '' }
  const next = properties[1]
  return { start: property.getStart(file), end: next ? next.getStart(file) : properties.end, text: '' }
}

/** Bars of the explorer's timeframe, instead of those of an earlier call of the same kind. */
function resampleMarket({ file, market }: Call, timeframe: string): Edit {
  const text = market.getText(file)
  return { start: market.getStart(file), end: market.end, text: `liq.resample(${text}, '${timeframe}')` }
}

/** At most one property, which no later spread can override; else a sentence about what is in the way. */
function propertiesNamed(
  typescript: TypeScript,
  { properties }: ts.ObjectLiteralExpression,
  name: string,
): ts.ObjectLiteralElementLike[] | string {
  if (properties.some(({ name }) => name && typescript.isComputedPropertyName(name)))
    return 'The options in the cell have computed names.'
  const found = properties.filter(
    ({ name: own }) => own && (typescript.isIdentifier(own) || typescript.isStringLiteral(own)) && own.text === name,
  )
  if (found.length > 1) return `The options in the cell have ${name} twice.`
  const spread = properties.findLastIndex(property => typescript.isSpreadAssignment(property))
  if (found[0] && spread > properties.indexOf(found[0])) return `A spread behind ${name} may override it.`
  return found
}

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text })

function wrapped(typescript: TypeScript, node: ts.Expression, file: ts.SourceFile): string {
  const text = node.getText(file)
  return typescript.isIdentifier(node) || typescript.isCallExpression(node) ? text : `(${text})`
}

/** Whether an expression is data, a margin rule of `liq`, or an option of a map: a renderer must not write other code. */
function isPlain(typescript: TypeScript, text: string): boolean {
  const file = typescript.createSourceFile('value.ts', `(${text}\n)`, typescript.ScriptTarget.Latest, true)
  const problems = (file as unknown as { parseDiagnostics?: unknown[] }).parseDiagnostics
  const [statement, ...others] = file.statements
  if (!statement || others.length > 0 || (problems && problems.length > 0)) return false
  if (!typescript.isExpressionStatement(statement) || !typescript.isParenthesizedExpression(statement.expression))
    return false
  const check = (node: ts.Expression): boolean => {
    if (typescript.isNumericLiteral(node) || typescript.isStringLiteral(node)) return true
    if (typescript.isIdentifier(node)) return node.text === 'Infinity' || node.text === 'undefined'
    if (typescript.isPrefixUnaryExpression(node)) return typescript.isNumericLiteral(node.operand)
    if (typescript.isArrayLiteralExpression(node)) return node.elements.every(check)
    if (typescript.isObjectLiteralExpression(node))
      return node.properties.every(
        property =>
          typescript.isPropertyAssignment(property) &&
          !typescript.isComputedPropertyName(property.name) &&
          check(property.initializer),
      )
    if (typescript.isCallExpression(node))
      return /^liq\.margin\.\w+$/.test(node.expression.getText(file)) && node.arguments.every(check)
    if (typescript.isPropertyAccessExpression(node)) return /^[\w$]+\.inputOptions\.\w+$/.test(node.getText(file))
    return ['true', 'false', 'null'].includes(node.getText(file))
  }
  return check(statement.expression.expression)
}
