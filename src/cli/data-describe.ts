/** `liqnb data describe`. */
import type { DataAction } from './data-options.ts'
import { EXIT, UsageError } from './environment.ts'

/** Exit code 1 for a file that cannot be read as it is. */
export const describe: DataAction = async (values, environment, progress, files) => {
  if (files.length === 0) throw new UsageError('data describe needs a file')
  const { describeAsText } = await import('../api/describe.ts')
  const descriptions = []
  for (const file of files) {
    const { description, text } = await describeAsText(file)
    progress.end()
    if (!values.json) environment.stdout.write(`${descriptions.length > 0 ? '\n' : ''}${text}\n`)
    descriptions.push(description)
  }
  if (values.json)
    environment.stdout.write(`${JSON.stringify(descriptions.length === 1 ? descriptions[0] : descriptions, null, 2)}\n`)
  return descriptions.every(({ kind }) => kind !== null) ? EXIT.ok : EXIT.failed
}
