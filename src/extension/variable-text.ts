/** Variables as text for the view: labels, tooltips and what screen readers say. Pure. */
import { bytesText } from '../common/number-text.ts'
import type { Variable } from '../kernel/protocol.ts'

type Shown = Pick<Variable, 'name' | 'type' | 'shape' | 'preview' | 'size'>

/** Sizes below are those of almost every value, and only in the way. */
const MIN_SHOWN_BYTES = 10_000

/** What stands behind the name: type, shape, size of what is large, preview. */
export function variableDescription({ type, shape, preview, size }: Shown): string {
  const large = size !== null && size.bytes >= MIN_SHOWN_BYTES ? sizeText(size) : ''
  return [typeText(type, shape), large, preview].filter(text => text !== '').join('  ')
}

/** All of it, one fact on a line. */
export function variableTooltip({ name, type, shape, preview, size }: Shown): string {
  const facts = [`${name}: ${typeText(type, shape)}`, size === null ? '' : sizeText(size), preview]
  return facts.filter(text => text !== '').join('\n')
}

export function variableLabel({ name, type, shape, preview, size }: Shown): string {
  return [name, typeText(type, shape), size === null ? '' : sizeText(size), preview]
    .filter(text => text !== '')
    .join(', ')
}

const typeText = (type: string, shape: string) => (shape === '' ? type : `${type} ${shape}`)

function sizeText({ bytes, atLeast }: NonNullable<Variable['size']>): string {
  return `${atLeast ? '≥ ' : '≈ '}${bytesText(bytes)}`
}
