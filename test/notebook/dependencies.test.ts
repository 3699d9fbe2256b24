import { describe, expect, it } from 'vitest'
import { DependencyGraph } from '../../src/notebook/dependencies.ts'
import { cellsOf } from './cell-names.ts'

const graph = (...texts: string[]) => new DependencyGraph(cellsOf(...texts))
const inputs = (...cells: string[]) => {
  const built = graph(...cells)
  return cells.map((_, index) =>
    built
      .inputsOf(String(index + 1))
      .map(({ name, from }) => `${name}:${from}`)
      .join(' '),
  )
}

describe('the inputs of a cell', () => {
  it('come from the nearest declaration above', () => {
    expect(inputs('a', 'b||a', 'a', 'c||a b')).toEqual(['', 'a:1', '', 'a:3 b:2'])
  })
  it('come from the first one below where there is none above', () => {
    expect(inputs('||f', 'f', 'f')).toEqual(['f:2', '', ''])
  })
  it('come from an assignment, which itself needs what it assigns', () => {
    expect(inputs('n', '|n', '||n')).toEqual(['', 'n:1', 'n:2'])
  })
  it('are not globals, nor of the cell itself', () => {
    expect(inputs('a||liq', '|undeclared')).toEqual(['', ''])
  })
})

describe('the order', () => {
  it('is that of the notebook', () => {
    expect(graph('c||', 'a', 'b||a c').order).toEqual(['1', '2', '3'])
  })
  it('puts what is needed first', () => {
    expect(graph('x||h', 'y', 'h||y', 'z||x').order).toEqual(['2', '3', '1', '4'])
  })
})

it('finds all dependents and all inputs', () => {
  const chain = graph('a', 'b||a', 'c||b', 'd', 'e||d c')
  expect([...chain.withDependents(['1'])]).toEqual(['1', '2', '3', '5'])
  expect([...chain.withInputs(['3'])]).toEqual(['3', '2', '1'])
})

it('names the cells of a cycle and what they use of each other', () => {
  const cyclic = graph('even||odd liq', 'odd||even', 'x||even', 'p||q', 'q||p')
  expect(cyclic.cycles).toEqual([
    { cells: ['1', '2'], names: ['odd', 'even'] },
    { cells: ['4', '5'], names: ['q', 'p'] },
  ])
  expect(cyclic.isCycle('1', '2')).toBe(true)
  expect(cyclic.isCycle('1', '3')).toBe(false)
  expect([...cyclic.order].sort()).toEqual(['1', '2', '3', '4', '5'])
})

it('names double definitions', () => {
  expect(graph('a b', 'a', '|b', 'a').doubleDefinitions).toEqual([{ name: 'a', cells: ['1', '2', '4'] }])
})

it('sorts a long chain', () => {
  const cells = Array.from({ length: 500 }, (_, index) => `v${index}||v${index - 1}`)
  const chain = graph(...cells)
  expect(chain.order).toHaveLength(500)
  expect(chain.cycles).toEqual([])
})
