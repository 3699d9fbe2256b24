/** Parameters from the command line. */
import {
  declaredParameters,
  inferParameterValue,
  type ParameterValue,
  parameterNameProblem,
  parametersCells,
} from '../notebook/parameters.ts'
import type { Notebook } from '../notebook/types.ts'
import { UsageError } from './environment.ts'

/** The values of `-p name=value` (type inferred) and `-r name=value` (always text); the last value of a name wins. */
export function readParameters(inferred: readonly string[], raw: readonly string[]): Map<string, ParameterValue> {
  const values = new Map<string, ParameterValue>()
  for (const [name, text] of inferred.map(splitParameter)) values.set(name, inferParameterValue(text))
  for (const [name, text] of raw.map(splitParameter)) values.set(name, text)
  return values
}

function splitParameter(parameter: string): [string, string] {
  const separator = parameter.indexOf('=')
  if (separator < 0) throw new UsageError(`A parameter is given as name=value, found ${JSON.stringify(parameter)}`)
  const name = parameter.slice(0, separator)
  const problem = parameterNameProblem(name)
  if (problem !== undefined) throw new UsageError(problem)
  return [name, parameter.slice(separator + 1)]
}

/** The parameters to set in a cell: all except those that only set controls. */
export function cellParameters(
  notebook: Notebook,
  values: ReadonlyMap<string, ParameterValue>,
  controls: ReadonlySet<string>,
): Map<string, ParameterValue> {
  const declared = new Set(
    parametersCells(notebook)
      .flatMap(cell => declaredParameters(cell) ?? [])
      .map(({ name }) => name),
  )
  return new Map([...values].filter(([name]) => declared.has(name) || !controls.has(name)))
}

/** Warnings about parameters that the notebook does not declare; they are set anyway. */
export function parameterWarnings(notebook: Notebook, values: ReadonlyMap<string, ParameterValue>): string[] {
  if (values.size === 0) return []
  const cells = parametersCells(notebook)
  const names = [...values.keys()]
  if (cells.length === 0)
    return [
      `the notebook has no cell tagged "parameters"; ${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} set at its top`,
    ]
  const parameters = cells.map(declaredParameters)
  if (parameters.includes(undefined)) return [] // Running the cell will report its error.
  const declared = [...new Set(parameters.flatMap(list => list ?? []).map(({ name }) => name))]
  const declarations = declared.length === 0 ? 'it declares none' : `it declares ${declared.join(', ')}`
  return names
    .filter(name => !declared.includes(name))
    .map(name => `the notebook does not declare the parameter ${name}; ${declarations}`)
}
