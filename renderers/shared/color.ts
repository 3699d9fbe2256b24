/** Parses, mixes and writes colours. */

/** Red, green and blue 0…255, alpha 0…1. */
export interface Rgba {
  r: number
  g: number
  b: number
  a: number
}

const NUMBER = '([+-]?[\\d.]+(?:e[+-]?\\d+)?)'
const RGB = new RegExp(`^rgba?\\(\\s*${NUMBER}[,\\s]+${NUMBER}[,\\s]+${NUMBER}(?:[,\\s/]+${NUMBER}(%?))?\\s*\\)$`, 'i')
const SRGB = new RegExp(
  `^color\\(\\s*srgb\\s+${NUMBER}\\s+${NUMBER}\\s+${NUMBER}(?:\\s*/\\s*${NUMBER}(%?))?\\s*\\)$`,
  'i',
)

/**
 * Reads a computed CSS colour: `rgb()`, `rgba()`, or the `color(srgb …)` that `color-mix()` computes to.
 * Returns null for anything else.
 */
export function parseColor(css: string): Rgba | null {
  const rgb = RGB.exec(css.trim())
  const srgb = rgb ? null : SRGB.exec(css.trim())
  const match = rgb ?? srgb
  if (!match) return null
  const scale = srgb ? 255 : 1
  const alpha = match[4] === undefined ? 1 : Number(match[4]) / (match[5] ? 100 : 1)
  const color = { r: Number(match[1]) * scale, g: Number(match[2]) * scale, b: Number(match[3]) * scale, a: alpha }
  return Object.values(color).every(Number.isFinite) ? color : null
}

/** Reads `#rrggbb`. */
export function hexColor(hex: string): Rgba {
  const value = Number.parseInt(hex.slice(1), 16)
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255, a: 1 }
}

/** `rgba(…)`, which Plotly and SVG understand; `alpha` multiplies the colour's own. */
export function cssColor(color: Rgba, alpha = 1): string {
  const channel = (value: number): number => Math.round(Math.min(255, Math.max(0, value)))
  const a = Math.round(Math.min(1, Math.max(0, color.a * alpha)) * 1000) / 1000
  return `rgba(${channel(color.r)},${channel(color.g)},${channel(color.b)},${a})`
}

/** `top` painted over the opaque `bottom`. */
export function over(top: Rgba, bottom: Rgba): Rgba {
  const blend = (t: number, b: number): number => t * top.a + b * (1 - top.a)
  return { r: blend(top.r, bottom.r), g: blend(top.g, bottom.g), b: blend(top.b, bottom.b), a: 1 }
}

/** Relative luminance, 0 (black) … 1 (white), of WCAG 2. */
export function luminance(color: Rgba): number {
  const linear = (value: number): number => {
    const c = value / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
}
