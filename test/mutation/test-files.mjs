import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The test files that hold the code of a folder, and what of them is too slow to run for each change (`tests.json`).
 *
 * @param {string} folder of `src`
 * @param {string} root
 * @returns {{ files: string[], isSlow: (file: string, test: string) => boolean, withState: string[] }} absolute paths;
 *   `withState`: modules that remember what earlier calls gave
 */
export function testFilesOf(folder, root) {
  const { tests, withoutFiles, slow, withState } = JSON.parse(
    readFileSync(join(root, 'test/mutation/tests.json'), 'utf8'),
  )
  const without = new Set(withoutFiles)
  const files = tests[folder]
    .flatMap(name => testFilesIn(root, join('test', name)))
    .filter(path => !without.has(path))
    .map(path => join(root, path))
    .sort()
  const slowTests = new Map(Object.entries(slow).map(([path, names]) => [join(root, path), new Set(names)]))
  return {
    files,
    isSlow: (file, test) => slowTests.get(file)?.has(test) ?? false,
    withState: withState.map(path => join(root, path)),
  }
}

function testFilesIn(root, path) {
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true })
    .map(name => join(path, name.toString()))
    .filter(name => name.endsWith('.test.ts'))
}
