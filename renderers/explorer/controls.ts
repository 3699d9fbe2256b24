/** The panel below the map: leverage sliders and view settings, as native form elements for keyboard and screen readers. */

import { usdText } from '../../src/common/number-text.ts'
import { element } from '../shared/dom.ts'
import type { Model } from './model.ts'
import { initialState, isMaxUsd, partSum, type SideChoice, tierParts, tierShares, type ViewState } from './state.ts'

export interface Controls {
  node: HTMLElement
  /** Shows the state; `maxUsd` is the maximum of the colour scale in use. */
  show(state: ViewState, maxUsd: number): void
}

type Change = (change: Partial<ViewState>) => void

export function createControls(model: Model, change: Change): Controls {
  const parts = [leverageControls(model, change), viewControls(model, change)]
  return {
    node: element('div', { class: 'liqnb-x-panel' }, ...parts.map(part => part.node)),
    show(state, maxUsd) {
      for (const part of parts) part.show(state, maxUsd)
    },
  }
}

function leverageControls(model: Model, change: Change): Controls {
  const { tiers, presets } = model.header
  let { on, weights } = initialState(model)
  const rows = tiers.map(({ leverage }, tier) => {
    const box = element('input', { type: 'checkbox', 'aria-label': `Include the ${leverage}× tier` })
    const slider = element('input', { type: 'range', min: 0, max: 100, step: 1, 'aria-label': `Share of ${leverage}×` })
    const value = element('output', { title: 'Share of the notional' })
    box.addEventListener('change', () => change({ on: on.with(tier, box.checked) }))
    slider.addEventListener('input', () => change({ weights: weights.with(tier, Number(slider.value) / 100) }))
    const name = element('label', { class: 'liqnb-x-name' }, box, `${leverage}×`)
    return { node: element('div', { class: 'liqnb-x-tier' }, name, slider, value), box, slider, value }
  })
  const sum = element('span', { class: 'liqnb-x-dim' })
  const mixes: [name: string, weights: number[]][] = [
    ['as computed', tiers.map(tier => tier.weight)],
    ...presets.map(({ name, shares }): [string, number[]] => [name, shares]),
    ...tiers.map(({ leverage }, tier): [string, number[]] => [
      `only ${leverage}×`,
      tiers.map((_, i) => Number(i === tier)),
    ]),
  ]
  const preset = element(
    'select',
    {},
    ...mixes.map(([name], i) => element('option', { value: i }, name)),
    element('option', { value: 'custom', hidden: true }, 'custom mix'),
  )
  preset.addEventListener('change', () => {
    const [, mix] = mixes[Number(preset.value)] ?? []
    if (mix) change({ weights: [...mix], on: tiers.map(() => true) })
  })
  const head = element('div', { class: 'liqnb-x-row' }, element('label', {}, 'Mix ', preset), sum)
  return {
    node: group('Leverage', head, element('div', { class: 'liqnb-x-tiers' }, ...rows.map(row => row.node))),
    show(next) {
      on = next.on
      weights = next.weights
      const shares = tierShares(next)
      for (const [tier, { box, slider, value, node }] of rows.entries()) {
        const percent = Math.round(next.weights[tier]! * 100)
        box.checked = next.on[tier]!
        if (Number(slider.value) !== percent) slider.value = String(percent)
        slider.style.setProperty('--fill', `${percent}%`)
        const share = next.on[tier] ? `${Math.round(1000 * shares[tier]!) / 10} %` : 'off'
        value.textContent = share
        slider.setAttribute(
          'aria-valuetext',
          `${next.on[tier] ? `${share} of the notional` : share}, slider at ${percent}`,
        )
        node.classList.toggle('liqnb-x-off', !next.on[tier])
      }
      const total = Math.round(partSum(tierParts(next)) * 100)
      sum.textContent =
        total === 100 ? '' : total === 0 ? 'no tier has a share' : `sliders at ${total} in all, scaled to 100 %`
      const index = mixes.findIndex(([, weights]) =>
        weights.every((weight, i) => Math.abs(weight - next.weights[i]!) < 0.005),
      )
      preset.value = index >= 0 && next.on.every(Boolean) ? String(index) : 'custom'
    },
  }
}

function viewControls(model: Model, change: Change): Controls {
  const side = element(
    'select',
    {},
    ...[
      { value: 'both', text: 'longs and shorts' },
      { value: 'long', text: 'longs only' },
      { value: 'short', text: 'shorts only' },
    ].map(({ value, text }) => element('option', { value }, text)),
  )
  side.addEventListener('change', () => change({ side: side.value as SideChoice }))
  const scale = element(
    'select',
    {},
    element('option', { value: 'log' }, 'logarithmic'),
    element('option', { value: 'linear' }, 'linear'),
  )
  scale.addEventListener('change', () => change({ logColour: scale.value === 'log' }))
  const threshold = element('input', { type: 'range', min: 0, max: 95, step: 1, 'aria-label': 'Brightness threshold' })
  threshold.addEventListener('input', () => change({ threshold: Number(threshold.value) / 100 }))
  const thresholdValue = element('output')

  const max = element('input', {
    type: 'text',
    inputmode: 'decimal',
    size: 7,
    spellcheck: 'false',
    'aria-label': 'Amount of the brightest colour',
  })
  const unit = element('span')
  const fixed = element('input', { type: 'checkbox' })
  let current = 1
  fixed.addEventListener('change', () => change({ max: fixed.checked ? current : null }))
  max.addEventListener('change', () => {
    const value = parseUsd(max.value)
    max.setAttribute('aria-invalid', String(value === null))
    if (value !== null) change({ max: value })
  })

  const switches = (
    [
      ['converging', 'only where 3 tiers meet'],
      ['clusters', 'clusters'],
      ['candles', 'candles'],
      ['logPrice', 'logarithmic price'],
    ] as const
  ).map(([name, text]) => {
    const box = element('input', { type: 'checkbox' })
    box.addEventListener('change', () => change({ [name]: box.checked }))
    return { name, box, node: element('label', {}, box, text) }
  })
  return {
    node: group(
      'View',
      element(
        'div',
        { class: 'liqnb-x-row' },
        element('label', {}, 'Sides ', side),
        element('label', {}, 'Colours ', scale),
      ),
      element(
        'div',
        { class: 'liqnb-x-row' },
        element('label', {}, fixed, 'fixed maximum '),
        element('span', {}, max, ' ', unit),
      ),
      element(
        'div',
        { class: 'liqnb-x-tier' },
        element('span', { class: 'liqnb-x-name' }, 'Threshold'),
        threshold,
        thresholdValue,
      ),
      element('div', { class: 'liqnb-x-row' }, ...switches.map(({ node }) => node)),
    ),
    show(state, maxUsd) {
      current = maxUsd
      side.value = state.side
      scale.value = state.logColour ? 'log' : 'linear'
      unit.textContent = model.header.unit
      const percent = Math.round(state.threshold * 100)
      if (Number(threshold.value) !== percent) threshold.value = String(percent)
      threshold.style.setProperty('--fill', `${(percent / 95) * 100}%`)
      thresholdValue.textContent = `${percent} %`
      fixed.checked = state.max !== null
      if (document.activeElement !== max) {
        max.value = usdText(maxUsd)
        max.setAttribute('aria-invalid', 'false')
      }
      for (const { name, box } of switches) box.checked = state[name]
    },
  }
}

function group(name: string, ...children: Node[]): HTMLElement {
  return element('fieldset', {}, element('legend', {}, name), ...children)
}

/** Reads `1.5M`, `20 k` or `3e6`; null unless it is an amount above 0. */
export function parseUsd(text: string): number | null {
  const match = /^\s*([\d.,]+(?:e\d+)?)\s*([kmbt]?)\s*$/i.exec(text)
  if (!match) return null
  const unit = { '': 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 }[match[2]!.toLowerCase()] ?? 1
  const value = Number(match[1]!.replace(/,/g, '')) * unit
  return isMaxUsd(value) ? value : null
}
