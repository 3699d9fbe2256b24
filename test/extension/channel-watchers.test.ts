import { describe, expect, it } from 'vitest'
import { type ChannelState, ChannelWatchers } from '../../src/extension/channel-watchers.ts'

describe('channel watchers', () => {
  const setUp = () => {
    const open = new Set(['c', 'd'])
    const notifications: string[] = []
    const watchers = new ChannelWatchers<{ isClosed: boolean }>((_, channel) =>
      open.has(channel) ? { open: true, reason: '' } : { open: false, reason: 'gone' },
    )
    const watch = (editor: object, notebook: { isClosed: boolean }, name: string, channel = 'c') =>
      watchers.watch(editor, {
        notebook,
        channel,
        rendererId: 'table',
        notify: (state: ChannelState) => notifications.push(`${name} ${channel} ${state.open ? 'open' : state.reason}`),
      })
    return { open, notifications, watchers, watch }
  }

  it('in two editors of a notebook are both notified once that it closes', () => {
    const { open, notifications, watchers, watch } = setUp()
    const notebook = { isClosed: false }
    watch({}, notebook, 'left')
    watch({}, notebook, 'right')
    watchers.refresh(notebook)
    open.delete('c')
    watchers.refresh(notebook)
    watchers.refresh(notebook)
    expect(notifications).toEqual(['left c open', 'right c open', 'left c gone', 'right c gone'])
  })

  it('are notified once per renderer and editor, and of their own channel and notebook only', () => {
    const { open, notifications, watchers, watch } = setUp()
    const [editor, notebook, other] = [{}, { isClosed: false }, { isClosed: false }]
    for (let output = 0; output < 3; output++) watch(editor, notebook, 'one')
    watch(editor, notebook, 'one', 'd')
    watch({}, other, 'two')
    notifications.length = 0
    open.delete('c')
    watchers.refresh(notebook)
    expect(notifications).toEqual(['one c gone'])
    watchers.refresh()
    expect(notifications).toEqual(['one c gone', 'two c gone'])
  })

  it('are notified at once of a closed channel, and not at all after the notebook has closed', () => {
    const { open, notifications, watchers, watch } = setUp()
    const notebook = { isClosed: false }
    watch({}, notebook, 'a', 'nobody')
    watch({}, notebook, 'a')
    notebook.isClosed = true
    open.delete('c')
    watchers.refresh()
    expect(notifications).toEqual(['a nobody gone', 'a c open'])
  })
})
