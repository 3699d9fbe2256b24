import { describe, expect, it } from 'vitest'
import { packageTarget } from '../../src/kernel/exports.ts'

describe('packageTarget', () => {
  it.each<[string, Record<string, unknown>, string, string | null]>([
    ['a plain target', { '.': './a.js' }, '.', './a.js'],
    ['the first condition in the map’s order', { '.': { default: './d.js', import: './i.js' } }, '.', './d.js'],
    [
      'conditions for Node and import only',
      { '.': { browser: './b.js', require: './r.js', node: './n.js' } },
      '.',
      './n.js',
    ],
    [
      'nested conditions',
      { '.': { node: { require: './r.js' }, import: { types: './t.d.ts', default: './i.js' } } },
      '.',
      './i.js',
    ],
    ['the first usable one of a list', { '.': [{ require: './r.js' }, './f.js'] }, '.', './f.js'],
    ['a pattern', { './x/*': './lib/*.js' }, './x/a/b', './lib/a/b.js'],
    ['the longest pattern', { './*': './a/*', './x/*': './b/*' }, './x/y', './b/y'],
    ['a pattern with an end', { './*.js': './src/*.js', './*': null }, './q.js', './src/q.js'],
    ['nothing for what is closed', { './*': './a/*', './in/*': null }, './in/x', null],
    ['nothing for what is not named', { '.': './a.js' }, './b', null],
    ['nothing for require alone', { '.': { require: './r.js' } }, '.', null],
    ['private names', { '#db': { node: './node.js', default: './web.js' } }, '#db', './node.js'],
  ])('gives %s', (_name, map, subpath, target) => {
    expect(packageTarget(map, subpath)).toBe(target)
  })
})
