import { describe, expect, it } from 'vitest'
import { packageTarget } from '../../src/kernel/package-exports.ts'

describe('packageTarget', () => {
  it.each<[string, Record<string, unknown>, string, string | null]>([
    ['a plain target', { '.': './a.js' }, '.', './a.js'],
    ['the first condition in the map’s order', { '.': { default: './d.js', import: './i.js' } }, '.', './d.js'],
    [
      'only a condition for Node or import',
      { '.': { browser: './b.js', require: './r.js', node: './n.js' } },
      '.',
      './n.js',
    ],
    [
      'a nested condition',
      { '.': { node: { require: './r.js' }, import: { types: './t.d.ts', default: './i.js' } } },
      '.',
      './i.js',
    ],
    ['the first usable target of a list', { '.': [{ require: './r.js' }, './f.js'] }, '.', './f.js'],
    ['a pattern', { './x/*': './lib/*.js' }, './x/a/b', './lib/a/b.js'],
    ['the longest pattern', { './*': './a/*', './x/*': './b/*' }, './x/y', './b/y'],
    ['a pattern with a suffix', { './*.js': './src/*.js', './*': null }, './q.js', './src/q.js'],
    ['nothing for an excluded subpath', { './*': './a/*', './in/*': null }, './in/x', null],
    ['nothing for an unknown subpath', { '.': './a.js' }, './b', null],
    ['nothing for require alone', { '.': { require: './r.js' } }, '.', null],
    ['a private name', { '#db': { node: './node.js', default: './web.js' } }, '#db', './node.js'],
  ])('returns %s', (_name, map, subpath, target) => {
    expect(packageTarget(map, subpath)).toBe(target)
  })
})
