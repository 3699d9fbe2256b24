import { describe, expect, it } from 'vitest'
import { OptionError } from '../../src/common/errors.ts'
import {
  anything,
  assertKnownOptions,
  type Check,
  defineOptions,
  dropUndefined,
  duration,
  invalidOption,
  listOf,
  listWords,
  moment,
  nearestName,
  nestedOptions,
  numberThat,
  oneOf,
  option,
  optional,
  orFalse,
  pick,
  required,
  trueOrFalse,
  valueThat,
  wholeNumber,
} from '../../src/common/options.ts'

interface Part {
  share?: number
  side?: string
}

interface Options {
  horizon?: number
  levels?: string
  part?: Part
}

const partOptions = defineOptions<Part>('liq.part', {
  share: option(
    0.5,
    numberThat('0 to 1', x => x >= 0 && x <= 1),
  ),
  side: option('both', oneOf('both', 'long')),
})

const set = defineOptions<Options, 'levels'>('liq.example', {
  horizon: option(24, wholeNumber(1)),
  levels: optional(valueThat('a string', value => typeof value === 'string')),
  part: option({}, partOptions.check),
})

describe('defineOptions', () => {
  it('keeps names and defaults in order', () => {
    expect(set.names).toEqual(['horizon', 'levels', 'part'])
    expect(set.defaults).toEqual({ horizon: 24, levels: undefined, part: {} })
  })

  it('picks its own options from an object', () => {
    expect(set.pick({ horizon: 3, levels: undefined, other: 1 })).toEqual({ horizon: 3 })
  })

  it('checks an object of its options as an option of another function', () => {
    expect(partOptions.check({ share: 0.1, side: undefined })).toBeUndefined()
    expect(partOptions.check({ share: 2 })).toEqual({ expected: '0 to 1', path: '.share', value: 2 })
  })
})

describe('resolve', () => {
  it('adds the defaults', () => {
    expect(set.resolve()).toEqual({ horizon: 24, levels: undefined, part: {} })
    expect(set.resolve({ horizon: 3, levels: 'pivots' })).toEqual({ horizon: 3, levels: 'pivots', part: {} })
  })

  it('treats an option that is undefined as left out', () => {
    expect(set.resolve({ horizon: undefined } as never)).toEqual(set.resolve({}))
  })

  it('does not change the defaults', () => {
    set.resolve().horizon = 1
    expect(set.resolve().horizon).toBe(24)
  })

  it('refuses a value with function, option, value and what is allowed', () => {
    expect(() => set.resolve({ horizon: 0.5 })).toThrow(
      new OptionError('liq.example: horizon: 0.5, but expected a whole number above 0'),
    )
    expect(() => set.resolve({ levels: 3 as never })).toThrow('liq.example: levels: 3, but expected a string')
  })

  it('names the function that the user called', () => {
    expect(() => set.resolve({ horizon: 0 }, 'liq.other')).toThrow(/^liq\.other: horizon: 0/)
  })

  it('names the part of a nested option', () => {
    expect(() => set.resolve({ part: { share: 2 } })).toThrow('liq.example: part.share: 2, but expected 0 to 1')
  })

  it('refuses null as a value', () => {
    expect(() => set.resolve({ horizon: null as never })).toThrow('liq.example: horizon: null, but expected')
  })

  it('demands a required option', () => {
    const strict = defineOptions<{ timeframe: string }>('liq.example', { timeframe: required(duration()) })
    expect(strict.resolve({ timeframe: '1h' })).toEqual({ timeframe: '1h' })
    for (const missing of [undefined, {}, { timeframe: undefined }])
      expect(() => strict.resolve(missing as never)).toThrow(
        /^liq\.example: timeframe: undefined, but expected a duration/,
      )
    expect('timeframe' in strict.defaults).toBe(false)
  })
})

describe('a misspelt option', () => {
  it('is refused with the nearest known name and all known names', () => {
    expect(() => set.resolve({ horizn: 3 } as never)).toThrow(
      new OptionError(
        'liq.example: horizn is not one of its options (did you mean horizon?); there are horizon, levels, part',
      ),
    )
  })

  it('is refused without a suggestion if no known name is near', () => {
    expect(() => assertKnownOptions({ alpha: 1 }, ['horizon', 'part'], 'liq.example')).toThrow(
      'liq.example: alpha is not one of its options; there are horizon, part',
    )
  })

  it('is refused in one short line, however odd it is', () => {
    expect(() => set.resolve({ 'a\nb': 3 } as never)).toThrow('liq.example: "a\\nb" is not one of its options; there')
    expect(() => set.resolve({ ['x'.repeat(1e6)]: 3 } as never)).toThrow(/^.{1,150}$/)
    expect(() => set.resolve({ part: { 'a\nb': 1 } } as never)).toThrow('liq.example: part."a\\nb": 1, but expected')
  })

  it('is refused even if its value is undefined', () => {
    expect(() => set.resolve({ horizn: undefined } as never)).toThrow('horizn is not one of its options')
  })

  it('inside a nested option is refused with the nearest known name', () => {
    expect(() => set.resolve({ part: { shar: 1 } } as never)).toThrow(
      'liq.example: part.shar: 1, but expected share or side (did you mean share?)',
    )
    expect(() => set.resolve({ part: { toString: 1 } } as never)).toThrow('part.toString: 1')
  })
})

it('something other than an object of options is refused', () => {
  for (const wrong of [null, 3, 'text', [1], new Map([['horizon', 3]]), Promise.resolve({ horizon: 3 }), new Date()])
    expect(() => set.resolve(wrong as never)).toThrow(/^liq\.example: .*, but expected options: \{ horizon: … \}/)
  expect(() => set.resolve({ part: new Map([['share', 2]]) } as never)).toThrow(
    'liq.example: part: [object Map], but expected an object with share or side',
  )
})

describe('invalidOption', () => {
  it('shows the value, or the part of it that is wrong', () => {
    expect(invalidOption('f', 'a', 'x', 'a number').message).toBe('f: a: "x", but expected a number')
    expect(invalidOption('f', 'a', [1], { expected: 'b', path: '[0]', value: 1 }).message).toBe(
      'f: a[0]: 1, but expected b',
    )
  })
})

describe('nearestName', () => {
  it('ignores case and allows a third of the letters to differ', () => {
    expect(nearestName('minmove', ['minMove', 'maxMove'])).toBe('minMove')
    expect(nearestName('trin', ['train', 'test'])).toBe('train')
    expect(nearestName('x', ['train', 'test'])).toBeUndefined()
  })
})

describe('dropUndefined and pick', () => {
  it('remove what is undefined, and nothing else', () => {
    expect(dropUndefined({ a: undefined, b: null, c: 0 })).toEqual({ b: null, c: 0 })
    expect(pick({ a: 1, b: undefined, c: 2 }, ['a', 'b'])).toEqual({ a: 1 })
  })
})

it('listWords joins words as in a sentence', () => {
  expect(['', 'a', 'a b', 'a b c'].map(words => listWords(words.split(' ')))).toEqual(['', 'a', 'a or b', 'a, b or c'])
})

describe('each check allows and refuses', () => {
  const odd = [Number.NaN, Infinity, 'text', null, {}, [], true]
  const cases: [name: string, check: Check, allowed: unknown[], refused: unknown[], expected: string][] = [
    ['anything', anything, odd, [], ''],
    ['valueThat', valueThat('a string', x => typeof x === 'string'), ['', 'a'], [1, null], 'a string'],
    ['numberThat', numberThat('0 or more', x => x >= 0), [0, 2.5, Infinity], [-1, Number.NaN, '1', null], '0 or more'],
    ['wholeNumber', wholeNumber(), [0, -3, 2 ** 53 - 1], [2 ** 53, 0.5, ...odd], 'a whole number'],
    ['wholeNumber from 1', wholeNumber(1), [1, 7], [0, -1, ...odd], 'a whole number above 0'],
    ['wholeNumber from 2', wholeNumber(2), [2], [1, ...odd], 'a whole number of 2 or more'],
    ['wholeNumber with both limits', wholeNumber(0, 3), [0, 3], [4, ...odd], 'a whole number from 0 to 3'],
    ['oneOf', oneOf('a', 'b', 3), ['a', 3], ['c', '3', ...odd], 'a, b or 3'],
    ['trueOrFalse', trueOrFalse, [true, false], [0, 'true', null], 'true or false'],
    [
      'duration',
      duration(),
      ['4h', '1.5h', 60_000],
      ['4 x', '0h', -1, ...odd],
      'a duration such as 30s, 15m, 4h, 7d or 1w',
    ],
    [
      'duration or Infinity',
      duration(true),
      ['4h', Infinity],
      ['x', Number.NaN, null],
      'a duration such as 30s, 15m, 4h, 7d or 1w, or Infinity',
    ],
    [
      'moment',
      moment,
      ['2023-01-01', '2023-01-01T12:00Z', 0],
      ['yesterday', '2023-02-30', ...odd],
      'a date such as 2023-01-01 or 2023-01-01T12:00Z, or epoch ms',
    ],
    ['orFalse', orFalse(wholeNumber(1)), [false, 1], [true, 0, Number.NaN], 'a whole number above 0'],
    ['listOf', listOf(anything, 'a list of things'), [[], [1]], ['a', { length: 1 }, null], 'a list of things'],
    [
      'nestedOptions',
      nestedOptions({ a: anything, b: anything }),
      [{}, { a: 1 }],
      [null, [], 3, 'a'],
      'an object with a or b',
    ],
  ]
  for (const [name, check, allowed, refused, expected] of cases)
    it(name, () => {
      for (const value of allowed) expect(check(value), `${name}: ${String(value)}`).toBeUndefined()
      for (const value of refused) expect(check(value), `${name}: ${String(value)}`).toEqual({ expected })
    })
})

describe('a wrong part of a list', () => {
  it('is named by its path and value', () => {
    expect(listOf(wholeNumber(1))([1, 0])).toEqual({ expected: 'a whole number above 0', path: '[1]', value: 0 })
    const nested = listOf(nestedOptions({ share: numberThat('0 to 1', x => x <= 1) }))
    expect(nested([{ share: 1 }, { share: 2 }])).toEqual({ expected: '0 to 1', path: '[1].share', value: 2 })
  })
})
