import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DependencyGraph } from '../../src/notebook/dependencies.ts'
import { planRuns } from '../../src/notebook/run-plan.ts'
import { RunRecord } from '../../src/notebook/run-record.ts'
import { cellsOf, namesOf } from './cell-names.ts'

/** A notebook whose cells run and change; see {@link namesOf} for the form of their texts. */
function notebook(...texts: string[]) {
  let cells = cellsOf(...texts)
  const record = new RunRecord()
  const run = (ids: string, succeeded = true) => {
    for (const id of ids) {
      record.begin(id, cells.find(cell => cell.id === id)!.names)
      record.end(id, succeeded)
    }
  }
  return {
    record,
    run,
    runAll: () => run(cells.map(({ id }) => id).join('')),
    edit: (id: string, text: string) => {
      cells = cells.map(cell => (cell.id === id ? { id, names: namesOf(text) } : cell))
    },
    remove: (id: string) => {
      cells = cells.filter(cell => cell.id !== id)
    },
    insert: (index: number, id: string, text: string) => {
      cells = cells.toSpliced(index, 0, { id, names: namesOf(text) })
    },
    staleIds: () => [...record.stale(cells).keys()].sort().join(''),
    reason: (id: string) => record.stale(cells).get(id),
    runStale: () => {
      const graph = new DependencyGraph(cells)
      const stale = record.stale(cells)
      const plan = planRuns(stale.keys(), {
        graph,
        withDependents: true,
        holds: input => record.holds(input) && !stale.has(input.from),
        hasRun: id => record.has(id),
      })
      run(plan.join(''))
      return plan.join('')
    },
  }
}

const CHAIN = ['a', 'b||a', 'c||b', 'd', 'e||d'] as const

describe('a cell is stale', () => {
  it('if what it has read was defined again, and if it reads from such a cell', () => {
    const chain = notebook(...CHAIN)
    chain.runAll()
    expect(chain.staleIds()).toBe('')
    chain.run('1')
    expect(chain.reason('2')).toEqual({ edited: false, changed: [{ name: 'a', from: '1' }], outdated: [] })
    expect(chain.reason('3')).toEqual({ edited: false, changed: [], outdated: [{ name: 'b', from: '2' }] })
    expect(chain.staleIds()).toBe('23')
    chain.run('2')
    expect(chain.reason('3')).toEqual({ edited: false, changed: [{ name: 'b', from: '2' }], outdated: [] })
    chain.run('3')
    expect(chain.staleIds()).toBe('')
  })

  it('if its code was edited, until it is as before; its dependents are not', () => {
    const chain = notebook(...CHAIN)
    chain.runAll()
    chain.edit('2', 'b|| a liq')
    expect(chain.reason('2')).toEqual({ edited: true, changed: [], outdated: [] })
    expect(chain.staleIds()).toBe('2')
    chain.edit('2', 'b||a')
    expect(chain.staleIds()).toBe('')
  })

  it('if the cell that it reads from is gone, or another one defines the name', () => {
    const chain = notebook(...CHAIN)
    chain.runAll()
    chain.remove('4')
    expect(chain.reason('5')).toEqual({ edited: false, changed: [{ name: 'd', from: undefined }], outdated: [] })
    chain.insert(1, '6', 'a')
    // It has not run yet.
    expect(chain.staleIds()).toBe('5')
    chain.run('6')
    expect(chain.reason('2')).toEqual({ edited: false, changed: [{ name: 'a', from: '6' }], outdated: [] })
  })

  it('if it has read what a later cell defines', () => {
    const twice = notebook('x', '||x', 'x', '||x')
    twice.runAll()
    expect(twice.staleIds()).toBe('')
    twice.run('2')
    expect(twice.reason('2')).toEqual({ edited: false, changed: [{ name: 'x', from: '1' }], outdated: [] })
  })

  it('if it has changed its own input', () => {
    const counter = notebook('n', '|n', '||n')
    counter.runAll()
    expect(counter.staleIds()).toBe('')
    counter.run('2')
    expect(counter.staleIds()).toBe('23')
    expect(counter.runStale()).toBe('123')
    expect(counter.staleIds()).toBe('')
  })

  it('if a control that it has read was moved', () => {
    const controls = notebook('c other', '||c', '||other')
    controls.runAll()
    controls.record.change('1', ['c'])
    expect(controls.staleIds()).toBe('2')
    controls.record.change('1', ['never'])
    expect(controls.staleIds()).toBe('2')
  })

  it('but not before it has run, nor after the kernel has ended', () => {
    const chain = notebook(...CHAIN)
    chain.run('1')
    expect(chain.staleIds()).toBe('')
    chain.run('21')
    expect(chain.staleIds()).toBe('2')
    chain.record.clear()
    expect(chain.staleIds()).toBe('')
  })

  it('but not if its functions call what is declared below', () => {
    const below = notebook('f|||g', 'g', '||f')
    below.runAll()
    expect(below.staleIds()).toBe('')
    below.run('2')
    expect(below.staleIds()).toBe('13')
  })

  it('but not because of a cycle', () => {
    const cycle = notebook('even|||odd', 'odd|||even', '||even')
    cycle.runAll()
    expect(cycle.staleIds()).toBe('')
    cycle.run('2')
    expect(cycle.staleIds()).toBe('')
  })
})

describe('a plan', () => {
  const graph = new DependencyGraph(cellsOf('a', 'b||a', 'c||b', 'd', 'e||d b', 'f||later', 'later'))
  it('has what the cells need, in order', () => {
    expect(planRuns(['3'], { graph })).toEqual(['1', '2', '3'])
    expect(planRuns(['6'], { graph })).toEqual(['7', '6'])
  })
  it('has not what still holds', () => {
    expect(planRuns(['3'], { graph, holds: ({ from }) => from === '2' })).toEqual(['3'])
    expect(planRuns(['3'], { graph, holds: ({ from }) => from === '1' })).toEqual(['2', '3'])
  })
  it('has dependents, and what those need', () => {
    expect(planRuns(['2'], { graph, withDependents: true, holds: ({ from }) => from === '1' })).toEqual([
      '2',
      '3',
      '4',
      '5',
    ])
  })
  it('leaves out what may not run', () => {
    expect(planRuns(['3'], { graph, mayRun: id => id !== '1' })).toEqual(['2', '3'])
  })
  it('runs a cell again whose input failed', () => {
    const failing = notebook('a', 'b||a')
    failing.run('1', false)
    expect(failing.record.holds({ name: 'a', from: '1' })).toBe(false)
  })
})

describe('running the stale cells', () => {
  // Each cell declares at most one of five names of its own, so that no name has two definitions, and uses some.
  const texts = fc
    .array(fc.tuple(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), fc.boolean()), { minLength: 2, maxLength: 8 })
    .map(list =>
      list.map(([used, assigns], index) => {
        const earlier = used.filter(name => name < index).map(name => `v${name}`)
        return `v${index}|${assigns ? earlier.slice(0, 1).join(' ') : ''}|${earlier.slice(1).join(' ')}`
      }),
    )
  it('leaves none stale, whatever ran before', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(7), { maxLength: 12 }), (cells, runs) => {
        const random = notebook(...cells)
        random.runAll()
        expect(random.staleIds()).toBe('')
        for (const index of runs) if (index < cells.length) random.run(String(index + 1))
        random.runStale()
        expect(random.staleIds()).toBe('')
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
