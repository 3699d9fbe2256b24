/** Finds out which kind of source a function's options name. */
import { OptionError, quoteValue } from '../common/errors.ts'
import { didYouMean, isOptionsObject, listWords } from '../common/options.ts'

/**
 * The kind of source that the options name, and the options without the other kinds and without undefined values. A kind with
 * a falsy value counts as left out, so that `{ file, sample: !file }` works.
 *
 * @param caller the public function
 * @throws OptionError without exactly one kind
 */
export function selectSource<Kind extends string>(
  source: unknown,
  kinds: readonly Kind[],
  caller: string,
): { kind: Kind; options: object } {
  if (source != null && !isOptionsObject(source)) {
    const isName = typeof source === 'string' && (kinds as readonly string[]).includes('file')
    const hint = isName ? `. Write ${caller}({ file: ${quoteValue(source)} })` : ''
    throw new OptionError(
      `${caller}: ${quoteValue(source)}, but expected an object with one of ${listWords(kinds)}${hint}`,
    )
  }
  const isLeftOut = (name: string, value: unknown) =>
    value === undefined || (!value && kinds.some(kind => kind === name))
  const options = Object.fromEntries(Object.entries(source ?? {}).filter(([name, value]) => !isLeftOut(name, value)))
  const [kind, ...others] = kinds.filter(name => name in options)
  if (kind === undefined || others.length > 0) {
    const named = kind === undefined ? 'no source' : [kind, ...others].join(' and ')
    const near =
      kind === undefined
        ? Object.keys(options)
            .flatMap(name => didYouMean(name, kinds))
            .join('')
        : ''
    throw new OptionError(`${caller}: ${named}, but expected exactly one of ${listWords(kinds)}${near}`)
  }
  return { kind, options }
}
