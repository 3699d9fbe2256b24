/** A board: small maps in a grid, the table below, and the map that is open. */
import { countText } from '../../src/common/number-text.ts'
import { createLookMenu } from '../explorer/look-menu.ts'
import type { Chart } from '../plot/chart-mount.ts'
import { createDrawScheduler } from '../plot/draw-scheduler.ts'
import { isolateKeys } from '../plot/keys.ts'
import { setPageCandles } from '../plot/page-candles.ts'
import { element } from '../shared/dom.ts'
import type { OutputHost } from '../shared/output-host.ts'
import type { Theme, ThemeSource } from '../shared/theme.ts'
import { mountTable } from '../table/mount.ts'
import { drawSmallMap } from './draw.ts'
import { gridColumns } from './layout.ts'
import type { BoardModel } from './model.ts'
import { type OpenedMap, openMap } from './opened.ts'
import { restoreState, type ViewState } from './state.ts'
import { createTile } from './tile.ts'

export interface BoardOptions {
  theme: ThemeSource
  outputHost: OutputHost
}

const TILE_HEIGHT = 180
const LARGE_HEIGHT = 420
const MAX_RATIO = 2
const GAP_PX = 12

export function openBoard(
  frame: HTMLElement,
  model: BoardModel,
  saved: unknown,
  { theme, outputHost }: BoardOptions,
): Chart<ViewState> {
  const { header, maps } = model
  const controller = new AbortController()
  const channel = outputHost.openChannel(header.channel)
  let state = restoreState(saved)
  let opened: { index: number; map: OpenedMap } | null = null

  const tiles = maps.map((map, index) => createTile(map, () => open(index)))
  const grid = element('div', { class: 'liqnb-x-board', role: 'group', 'aria-label': countText(maps.length, 'map') })
  grid.append(...tiles.map(({ node }) => node))
  const look = createLookMenu(next => {
    state = { look: { ...state.look, ...next } }
    setPageCandles(state.look.candles)
    outputHost.views.save(header.view, { look: { ...state.look } })
    drawing.request()
  })
  const more = header.more > 0 ? `, and ${countText(header.more, 'more')} in the table` : ''
  const hint = `${countText(maps.length, 'map')}${more}. Click, or press Enter, to open one; Escape goes back.`
  const toolbar = element(
    'div',
    { class: 'liqnb-x-toolbar' },
    look.node,
    element('span', { class: 'liqnb-x-dim' }, hint),
  )
  const rows = element('div', { class: 'liqnb-x-rows' })
  const board = element('div', {}, grid, toolbar)
  frame.append(board, rows)
  const disposeTable = mountTable(rows, header.table, outputHost)

  const open = (index: number): void => {
    opened?.map.dispose()
    const close = (): void => {
      opened?.map.dispose()
      opened = null
      board.hidden = false
      drawing.drawNow()
      tiles[index]!.node.focus({ preventScroll: true })
      tiles[index]!.node.scrollIntoView({ block: 'nearest' })
    }
    const map = openMap(maps[index]!, index, {
      header,
      channel,
      outputHost,
      theme,
      close,
      changed: () => drawing.request(),
    })
    opened = { index, map }
    board.hidden = true
    board.before(map.node)
    map.focus()
    drawing.request()
  }
  // Arrows go from map to map; in VS Code they would leave the output.
  grid.addEventListener(
    'keydown',
    event => {
      const columns = Number(grid.style.getPropertyValue('--columns'))
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key]
      const current = tiles.findIndex(({ node }) => node === event.target)
      if (step === undefined || current < 0) return
      event.preventDefault()
      tiles[current + step]?.node.focus()
    },
    { signal: controller.signal },
  )
  isolateKeys([grid, toolbar], controller.signal)

  const draw = (width: number, current: Theme): void => {
    const ratio = Math.min(MAX_RATIO, Math.max(1, devicePixelRatio))
    look.show(state.look)
    if (opened) {
      const { canvas } = opened.map
      const size = { width, height: LARGE_HEIGHT, ratio }
      if (canvas) drawSmallMap(canvas, maps[opened.index]!, size, current, state.look)
      return
    }
    const columns = gridColumns(width, maps)
    grid.style.setProperty('--columns', String(columns))
    // Less the borders of a tile.
    const tileWidth = Math.floor((width - GAP_PX * (columns - 1)) / columns) - 2
    for (const [i, { canvas }] of tiles.entries())
      drawSmallMap(canvas, maps[i]!, { width: tileWidth, height: TILE_HEIGHT, ratio }, current, state.look)
  }
  const drawing = createDrawScheduler(frame, frame, theme, draw, release)

  return {
    draw: drawing.drawNow,
    refresh() {
      drawing.refresh()
      opened?.map.refresh()
    },
    restore(saved) {
      state = restoreState(saved)
      drawing.request()
    },
    get state() {
      return state
    },
    dispose() {
      controller.abort()
      opened?.map.dispose()
      disposeTable()
      channel.dispose()
      drawing.stop()
      release()
      frame.remove()
    },
  }

  function release(): void {
    for (const { canvas } of tiles) canvas.width = 0
  }
}
