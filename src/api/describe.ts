/** `liq.describe`: what a file is taken for. */
import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { fileDescriptionHtml, fileDescriptionText } from '../charts/file-description.ts'
import { describeFile } from '../data/describe-file.ts'
import type { FileOptions } from '../data/import/file-options.ts'
import type { FileDescription } from '../market/file-description.ts'

/**
 * What the program takes a file for: its layout, instrument and contract, time zone and stamp, the unit of each column, first and
 * last row, and what is odd.
 *
 * @param options as those of `liq.market({ file })`: what they change can be seen
 * @example await liq.describe('btc.csv')
 * @throws OptionError for an unknown option; DataError when there is no such file, or it is no table
 */
export async function describe(file: string, options: FileOptions = {}): Promise<FileDescription & Displayable> {
  const description = await describeFile(file, options)
  return displayed(description, () => htmlBundle(fileDescriptionHtml(description), fileDescriptionText(description)))
}

/** A description as text, for a terminal. */
export async function describeAsText(file: string): Promise<{ description: FileDescription; text: string }> {
  const description = await describeFile(file)
  return { description, text: fileDescriptionText(description) }
}
