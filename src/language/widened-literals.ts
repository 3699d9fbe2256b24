/**
 * Whether a value is refused only because TypeScript forgot its literals: `const options = { flow: 'oi' }` is a `string` there, and
 * `liq.heatmap(market, options)` would run. Nobody in a notebook writes `as const`, so that is no mistake.
 */
import type ts from '@typescript/typescript6'
import type { CellDiagnostic } from './cell-diagnostic.ts'
import type { CellModule } from './cell-modules.ts'
import { nodeAt } from './diagnostic-nodes.ts'
import type { NotebookService } from './notebook-service.ts'

const MAX_DEPTH = 6

export function isRefusedAsWidened(diagnostic: CellDiagnostic, cell: CellModule, notebook: NotebookService): boolean {
  const { ts } = notebook
  const checker = notebook.service.getProgram()?.getTypeChecker()
  const value = expressionFor(nodeAt(diagnostic, cell, notebook), ts)
  const target = value && checker?.getContextualType(value)
  if (!checker || !value || !target) return false
  return isAssignableUnlessWidened(checker.getTypeAtLocation(value), target, ts, checker)
}

/** Whether values of `source` can be of `target`, if its literals are what they should be. */
export function isAssignableUnlessWidened(
  source: ts.Type,
  target: ts.Type,
  typescript: typeof ts,
  checker: ts.TypeChecker,
): boolean {
  return new Fit(typescript, checker).fits(source, target, 0)
}

/** The expression that a marked node stands for: that of a property for its name, that of a variable for the variable. */
function expressionFor(node: ts.Node | undefined, typescript: typeof ts): ts.Expression | undefined {
  if (!node) return undefined
  const { parent } = node
  if (typescript.isPropertyAssignment(parent) && parent.name === node) return parent.initializer
  if (typescript.isVariableDeclaration(parent) && parent.name === node) return parent.initializer
  if (typescript.isBinaryExpression(parent) && parent.left === node) return parent.right
  if (typescript.isReturnStatement(node)) return node.expression
  if (typescript.isShorthandPropertyAssignment(node)) return node.name
  return typescript.isExpression(node) ? node : undefined
}

class Fit {
  readonly #ts: typeof ts
  readonly #checker: ts.TypeChecker

  constructor(typescript: typeof ts, checker: ts.TypeChecker) {
    this.#ts = typescript
    this.#checker = checker
  }

  /** Whether values of `source` can be of `target`, where a `string`, `number` or `boolean` may be any literal, and unknown anything. */
  fits(source: ts.Type, target: ts.Type, depth: number): boolean {
    if (this.#checker.isTypeAssignableTo(source, target)) return true
    if (source.flags & this.#ts.TypeFlags.Unknown) return true
    if (depth > MAX_DEPTH) return false
    if (this.#isWidened(source)) return this.#membersOf(target).some(member => this.#isLiteralOf(member, source))
    if (source.isUnion()) return source.types.every(member => this.fits(member, target, depth))
    return this.#membersOf(target).some(member => this.#objectFits(source, member, depth + 1))
  }

  #membersOf(type: ts.Type): ts.Type[] {
    return type.isUnion() ? type.types : [type]
  }

  #isWidened({ flags }: ts.Type): boolean {
    const { TypeFlags } = this.#ts
    return (flags & (TypeFlags.String | TypeFlags.Number | TypeFlags.Boolean)) !== 0
  }

  #isLiteralOf({ flags }: ts.Type, { flags: widened }: ts.Type): boolean {
    const { TypeFlags } = this.#ts
    if (widened & TypeFlags.String) return (flags & (TypeFlags.StringLiteral | TypeFlags.TemplateLiteral)) !== 0
    return (flags & (widened & TypeFlags.Number ? TypeFlags.NumberLiteral : TypeFlags.BooleanLiteral)) !== 0
  }

  #objectFits(source: ts.Type, target: ts.Type, depth: number): boolean {
    const checker = this.#checker
    if (!(source.flags & target.flags & this.#ts.TypeFlags.Object)) return false
    if (checker.isArrayType(source) || checker.isTupleType(source)) return this.#listFits(source, target, depth)
    if (source.getCallSignatures().length > 0 || target.getCallSignatures().length > 0) return false
    const properties = target.getProperties()
    const known = source.getProperties().filter(({ name }) => target.getProperty(name))
    if (properties.length > 0 && known.length === 0) return false
    return properties.every(property => {
      const own = source.getProperty(property.name)
      if (!own) return (property.flags & this.#ts.SymbolFlags.Optional) !== 0
      return this.fits(checker.getTypeOfSymbol(own), checker.getTypeOfSymbol(property), depth)
    })
  }

  /** A list may also be meant as a tuple: `[1, 2]` is a `number[]`. */
  #listFits(source: ts.Type, target: ts.Type, depth: number): boolean {
    const checker = this.#checker
    if (!checker.isArrayType(target) && !checker.isTupleType(target)) return false
    const elements = (type: ts.Type) => checker.getTypeArguments(type as ts.TypeReference)
    return elements(source).every(item => elements(target).every(wanted => this.fits(item, wanted, depth)))
  }
}
