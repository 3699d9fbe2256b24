/** Parses the arguments of a command. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { didYouMean } from '../common/options.ts'
import { UsageError } from './environment.ts'

const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const

/**
 * Options and positional arguments of a command; every command has `--help`.
 * @throws UsageError for an argument that the command does not take
 */
export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  const allOptions = { ...options, ...HELP_OPTION }
  try {
    return parseArgs({ args, options: allOptions, allowPositionals: true, strict: true })
  } catch (error) {
    // Node's messages end with advice on "--", which does not help after a typo.
    const message = (error as Error).message.replace(/\. To specify a positional argument[\s\S]*$/, '')
    throw new UsageError(`${message}${suggestOption(message, Object.keys(allOptions))}`)
  }
}

function suggestOption(message: string, names: readonly string[]): string {
  const unknown = /^Unknown option '--([^'=]+)/.exec(message)?.[1]
  return unknown === undefined ? '' : didYouMean(unknown, names, '--')
}

/** The file of a command that takes exactly one. @throws UsageError for none or several */
export function oneFile(positionals: readonly string[]): string {
  const [file, ...others] = positionals
  if (file === undefined) throw new UsageError('No notebook file is given')
  if (others.length > 0)
    throw new UsageError(`Only one notebook at a time is possible, but there is also ${others.join(', ')}`)
  return file
}
