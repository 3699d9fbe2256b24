/** What a hover says. */
import type ts from '@typescript/typescript6'
import type { CellView } from './cell-view.ts'

interface Documented {
  documentation?: ts.SymbolDisplayPart[]
  tags?: ts.JSDocTagInfo[]
}

/** The documentation of a function that `liq` lists: TypeScript omits it, because it belongs to the declaration elsewhere. */
export function signatureDocumentation(view: CellView, symbol: ts.Symbol): Documented {
  const checker = view.service.getProgram()?.getTypeChecker()
  const signature = checker?.getTypeOfSymbol(symbol).getCallSignatures()[0]
  if (!signature) return {}
  return { documentation: signature.getDocumentationComment(checker), tags: signature.getJsDocTags() }
}

/** With its examples marked as TypeScript, so that VS Code colours them. */
export function withExampleCode<T extends Documented>(item: T): T {
  const { tags } = item
  if (!tags?.some(({ name }) => name === 'example')) return item
  return { ...item, tags: tags.map(tag => (tag.name === 'example' ? exampleAsCode(tag) : tag)) }
}

function exampleAsCode(tag: ts.JSDocTagInfo): ts.JSDocTagInfo {
  const text = tag.text?.map(part => part.text).join('') ?? ''
  if (text === '' || /^\s*(?:```|~~~|<caption>)/.test(text)) return tag
  return { ...tag, text: [{ kind: 'text', text: `\`\`\`ts\n${text.trim()}\n\`\`\`` }] }
}

export function cellQuickInfo(view: CellView, position: number, ...rest: [number?]): ts.QuickInfo | undefined {
  const info = view.service.getQuickInfoAtPosition(view.file, view.toModuleOffset(position), ...rest)
  if (!info) return undefined
  const moved = { ...withoutAlias(info, view), textSpan: view.toCellSpan(info.textSpan) }
  const described = moved.documentation?.length ? moved : { ...moved, ...functionDocumentation(view, position) }
  return withExampleCode(described)
}

function functionDocumentation(view: CellView, position: number): Documented {
  const identifier = view.identifierAt(position)
  const symbol = identifier && view.service.getProgram()?.getTypeChecker().getSymbolAtLocation(identifier)
  if (!symbol) return {}
  const { documentation = [], tags = [] } = signatureDocumentation(view, symbol)
  return documentation.length > 0 || tags.length > 0 ? { documentation, tags } : {}
}

/** A name of another cell as what it is there: without `(alias)` before it and `import name` below it. */
function withoutAlias(info: ts.QuickInfo, { notebook, cell, file, service }: CellView): ts.QuickInfo {
  const parts = info.displayParts
  if (info.kind !== notebook.ts.ScriptElementKind.alias || !parts) return info
  const text = service
    .getProgram()
    ?.getSourceFile(file)
    ?.text.slice(info.textSpan.start)
    .match(/^[\p{ID_Continue}$]+/u)?.[0]
  const from = text === undefined ? undefined : cell.imports.get(text)?.from
  const kind = from === undefined ? undefined : notebook.module(from)?.scan.declared.get(text ?? '')?.kind
  const importAt = parts.findLastIndex(
    (part, index) => part.text === 'import' && parts[index - 1]?.kind === 'lineBreak',
  )
  if (kind === undefined || importAt < 0) return info
  const isMarked = parts[0]?.text === '(' && parts[1]?.text === 'alias'
  const shown = parts.slice(isMarked ? 4 : 0, importAt - 1)
  return shown.length === 0 ? info : { ...info, kind, displayParts: shown }
}
