/** Source maps of compiled cells, for debuggers. */
import { encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import type { Script } from './stack.ts'
import { alignTokens } from './token-alignment.ts'

/**
 * The comment that gives a debugger the source map of a script. Each token of the cell's own is mapped, nothing else is: a
 * debugger then stops on the lines of a script that are not blank in it.
 * @param sourceUrl by which the debugger knows the cell
 */
export function sourceMapComment(script: Omit<Script, 'name'>, sourceUrl: string): string {
  const map = {
    version: 3,
    sources: [sourceUrl],
    sourcesContent: [script.source],
    names: [],
    mappings: encode(segments(script)),
  }
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
}

function segments({ source, code, transpiled }: Omit<Script, 'name'>): SourceMapSegment[][] {
  const sourceLines = (transpiled?.code ?? source).split('\n')
  return code.split('\n').map((text, index) => {
    const aligned = alignTokens(sourceLines[index] ?? '', text) ?? []
    return aligned.map(({ code: token, source: original }): SourceMapSegment => {
      if (!transpiled) return [token.start, 0, index, original.start]
      const { line, column } = transpiled.toSource(index + 1, original.start + 1)
      return [token.start, 0, line - 1, column - 1]
    })
  })
}
