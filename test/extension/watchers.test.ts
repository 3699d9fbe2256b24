import { describe, expect, it } from 'vitest'
import { type ChannelState, Watchers } from '../../src/extension/watchers.ts'

describe('watchers of a channel', () => {
  const scene = () => {
    const open = new Set(['c', 'd'])
    const told: string[] = []
    const watchers = new Watchers<{ isClosed: boolean }>((_, channel) =>
      open.has(channel) ? { open: true, why: '' } : { open: false, why: 'gone' },
    )
    const watch = (editor: object, notebook: { isClosed: boolean }, name: string, channel = 'c') =>
      watchers.watch(editor, {
        notebook,
        channel,
        rendererId: 'table',
        tell: (state: ChannelState) => told.push(`${name} ${channel} ${state.open ? 'open' : state.why}`),
      })
    return { open, told, watchers, watch }
  }

  it('in two editors of a notebook are both told of its end, once', () => {
    const { open, told, watchers, watch } = scene()
    const notebook = { isClosed: false }
    watch({}, notebook, 'left')
    watch({}, notebook, 'right')
    watchers.refresh(notebook)
    open.delete('c')
    watchers.refresh(notebook)
    watchers.refresh(notebook)
    expect(told).toEqual(['left c open', 'right c open', 'left c gone', 'right c gone'])
  })

  it('are told once for all outputs of a renderer in an editor, and of their own channel and notebook only', () => {
    const { open, told, watchers, watch } = scene()
    const [editor, notebook, other] = [{}, { isClosed: false }, { isClosed: false }]
    for (let output = 0; output < 3; output++) watch(editor, notebook, 'one')
    watch(editor, notebook, 'one', 'd')
    watch({}, other, 'two')
    told.length = 0
    open.delete('c')
    watchers.refresh(notebook)
    expect(told).toEqual(['one c gone'])
    watchers.refresh()
    expect(told).toEqual(['one c gone', 'two c gone'])
  })

  it('hear at once of a channel that is not open, and nothing when the notebook is closed', () => {
    const { open, told, watchers, watch } = scene()
    const notebook = { isClosed: false }
    watch({}, notebook, 'a', 'nobody')
    watch({}, notebook, 'a')
    notebook.isClosed = true
    open.delete('c')
    watchers.refresh()
    expect(told).toEqual(['a nobody gone', 'a c open'])
  })
})
