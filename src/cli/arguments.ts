import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from './environment.ts'

const HELP = { help: { type: 'boolean', short: 'h' } } as const

/**
 * Options and positional arguments of a command; every command knows `--help`. Whatever does not fit is a
 * {@link UsageError}.
 */
export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options: { ...options, ...HELP }, allowPositionals: true, strict: true })
  } catch (error) {
    // Node's messages end with advice on "--" that is of no use to someone who mistyped an option.
    throw new UsageError((error as Error).message.replace(/\. To specify a positional argument[\s\S]*$/, ''))
  }
}

/** The one file that a command works on. */
export function oneFile(positionals: readonly string[]): string {
  const [file, ...rest] = positionals
  if (file === undefined) throw new UsageError('Which notebook? Give its file name')
  if (rest.length > 0) throw new UsageError(`One notebook at a time, but there is also ${rest.join(', ')}`)
  return file
}
