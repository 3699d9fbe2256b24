/** A control as a native form element, which supports keyboard, focus and screen readers. */

import type { NamedControl, Scalar } from '../../src/charts/controls.ts'
import { withMinus } from '../../src/common/number-text.ts'
import { element } from '../shared/dom.ts'

export interface Input {
  readonly node: HTMLElement
  read(): Scalar
  show(value: Scalar): void
  enable(enabled: boolean): void
}

let ids = 0

/** @param onInput called when the reader sets a valid value */
export function createInput(control: NamedControl, onInput: () => void): Input {
  const id = `liqnb-control-${++ids}`
  const { field, read, show, extra, inputEvent } = createField(control, id)
  const onEvent = () => {
    if (!(field instanceof HTMLInputElement) || field.checkValidity()) onInput()
    update()
  }
  const update = () => {
    const invalid = field instanceof HTMLInputElement && !field.checkValidity()
    if (invalid) field.setAttribute('aria-invalid', 'true')
    else field.removeAttribute('aria-invalid')
    note.textContent = invalid ? field.validationMessage : ''
    note.hidden = !invalid
    extra?.update()
  }
  field.addEventListener(inputEvent, onEvent)
  const note = element('span', { class: 'liqnb-control-note', hidden: true, role: 'alert' })
  const line = element('div', { class: 'liqnb-control-line' }, field, ...(extra ? [extra.node] : []))
  const label = element('label', { for: id }, control.label)
  return {
    node: element('div', { class: `liqnb-control ${control.type}` }, label, line, note),
    read,
    show(value) {
      show(value)
      update()
    },
    enable(enabled) {
      field.disabled = !enabled
      if (extra?.node instanceof HTMLInputElement) extra.node.disabled = !enabled
    },
  }
}

interface Field {
  field: HTMLInputElement | HTMLSelectElement
  read(): Scalar
  show(value: Scalar): void
  /** An element next to the field, updated with it. */
  extra?: { node: HTMLElement; update(): void }
  /** The event that reports a new value. */
  inputEvent: 'input' | 'change'
}

function createField(control: NamedControl, id: string): Field {
  switch (control.type) {
    case 'range':
      return rangeField(control, id)
    case 'number': {
      const { min, max, step } = control
      const field = element('input', { id, type: 'number', min, max, step: step ?? 'any', required: true })
      const unit = element('span', { class: 'liqnb-control-unit' }, control.unit)
      return {
        ...numeric(field),
        inputEvent: 'change',
        ...(control.unit ? { extra: { node: unit, update() {} } } : {}),
      }
    }
    case 'select': {
      const options = control.options.map((option, index) => element('option', { value: index }, String(option)))
      const field = element('select', { id }, ...options)
      return {
        field,
        inputEvent: 'change',
        read: () => control.options[field.selectedIndex] ?? control.value,
        show: value => {
          field.selectedIndex = control.options.indexOf(value)
        },
      }
    }
    case 'switch': {
      const field = element('input', { id, type: 'checkbox', role: 'switch' })
      return {
        field,
        inputEvent: 'input',
        read: () => field.checked,
        show: value => {
          field.checked = value === true
        },
      }
    }
    case 'date':
      return textual(element('input', { id, type: 'date', min: control.min || null, max: control.max || null }))
    case 'text':
      return textual(element('input', { id, type: 'text', placeholder: control.placeholder, spellcheck: 'false' }))
  }
}

function rangeField(control: NamedControl & { type: 'range' }, id: string): Field {
  const { min, max, step, unit } = control
  const field = element('input', { id, type: 'range', min, max, step })
  const decimals = Math.min(12, Math.max(decimalsOf(step), decimalsOf(min)))
  const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals })
  // Screen readers read the value of the slider itself.
  const node = element('span', { class: 'liqnb-control-value', 'aria-hidden': 'true' })
  const update = () => {
    const text = `${withMinus(format.format(field.valueAsNumber))}${unit && ` ${unit}`}`
    node.textContent = text
    field.setAttribute('aria-valuetext', text)
  }
  return { ...numeric(field), inputEvent: 'input', extra: { node, update } }
}

const numeric = (field: HTMLInputElement): Pick<Field, 'field' | 'read' | 'show'> => ({
  field,
  read: () => field.valueAsNumber,
  show: value => {
    field.value = String(value)
  },
})

const textual = (field: HTMLInputElement): Field => ({
  field,
  inputEvent: 'change',
  read: () => field.value,
  show: value => {
    field.value = String(value)
  },
})

function decimalsOf(value: number): number {
  return /e-(\d+)$/.exec(String(value))?.[1] ? 12 : (String(value).split('.')[1]?.length ?? 0)
}
