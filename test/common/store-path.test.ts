import { describe, expect, it } from 'vitest'
import { isOffline, storePath } from '../../src/common/store-path.ts'

describe('the folder of the store', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/share/liqnb/store'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/liqnb/store'],
    ['linux', { XDG_DATA_HOME: 'data' }, '/home/ada/.local/share/liqnb/store'],
    ['darwin', {}, '/home/ada/Library/Application Support/liqnb/store'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/liqnb/store'],
    ['win32', {}, '/home/ada/AppData/Local/liqnb/store'],
    ['linux', { LIQNB_STORE: '/mnt/market ' }, '/mnt/market'],
    ['linux', { LIQNB_STORE: '' }, '/home/ada/.local/share/liqnb/store'],
  ] as const)('on %s with %j', (platform, env, path) => {
    expect(storePath({ env, platform, home: '/home/ada' })).toBe(path)
  })
  it('is not a relative path', () => {
    expect(() => storePath({ env: { LIQNB_STORE: './here' } })).toThrow('LIQNB_STORE: "./here" is not an absolute path')
  })
})

it.each([
  [undefined, false],
  ['', false],
  ['0', false],
  ['false', false],
  ['1', true],
  ['yes', true],
])('LIQNB_OFFLINE=%s means offline: %s', (value, offline) => {
  expect(isOffline({ LIQNB_OFFLINE: value })).toBe(offline)
})
