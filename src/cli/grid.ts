/** Grids of parameters of the command line. */
import { inferParameterValue, type ParameterValue, parameterNameProblem } from '../notebook/parameters.ts'
import { UsageError } from './environment.ts'

const MAX_RUNS = 10_000

/**
 * Every combination of `NAME=VALUE,VALUE,…`, the last name varying fastest. Values are parsed as those of `-p`; a value with a comma
 * is given in a JSON list, `NAME=["a,b","c"]`.
 *
 * @throws UsageError for a grid without a name or values, and for too many combinations
 */
export function gridCombinations(grids: readonly string[]): Map<string, ParameterValue>[] {
  const axes = new Map<string, ParameterValue[]>()
  for (const text of grids) {
    const [, name = '', list = ''] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? []
    const problem =
      name === '' ? `--grid takes NAME=VALUE,VALUE,…, found ${JSON.stringify(text)}` : parameterNameProblem(name)
    if (problem !== undefined) throw new UsageError(problem)
    if (axes.has(name)) throw new UsageError(`--grid ${name} is given twice; list all of its values at once`)
    axes.set(name, readValues(name, list))
  }
  const count = [...axes.values()].reduce((product, values) => product * values.length, 1)
  if (count > MAX_RUNS) throw new UsageError(`--grid: ${count} combinations, but expected at most ${MAX_RUNS}`)
  let combinations = [new Map<string, ParameterValue>()]
  for (const [name, values] of axes)
    combinations = combinations.flatMap(each => values.map(value => new Map([...each, [name, value]])))
  return combinations
}

function readValues(name: string, text: string): ParameterValue[] {
  if (text.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(text)
      if (Array.isArray(list) && list.length > 0 && list.every(value => value === null || typeof value !== 'object'))
        return list as ParameterValue[]
    } catch {
      // Reported below.
    }
    throw new UsageError(`--grid ${name}: expected a JSON list of values, found ${text}`)
  }
  const values = text.split(',')
  if (values.some(value => value === ''))
    throw new UsageError(`--grid ${name}: a value is empty in ${JSON.stringify(text)}`)
  return values.map(inferParameterValue)
}
