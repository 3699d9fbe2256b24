/**
 * Colours and fonts around an output. One style sheet maps VS Code's theme variables to `--liqnb-…`, with light and dark
 * defaults where there are none, as in an exported page. Tables use the variables, charts their computed values.
 */
import { cssColor, hexColor, luminance, over, parseColor, type Rgba } from './color.ts'
import { element, ensureStyle } from './dom.ts'

/** Colours are `rgba(…)`. */
export interface Theme {
  dark: boolean
  highContrast: boolean
  foreground: string
  dim: string
  background: string
  surface: string
  border: string
  grid: string
  axis: string
  up: string
  down: string
  /** Colours of successive traces. */
  colorway: string[]
  fontFamily: string
}

/** Reads the theme and reports changes. */
export interface ThemeSource {
  read(host: HTMLElement): Theme
  /** Calls `listener` after a change. @returns stops it */
  watch(listener: () => void): () => void
}

const CHART_COLORS = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'] as const

const variables = (fallback: { [name: string]: string }): string =>
  Object.entries(fallback)
    .map(([name, value]) => `--liqnb-default-${name}:${value};`)
    .join('')

const LIGHT = {
  fg: '#1f2328',
  dim: '#59636e',
  bg: '#ffffff',
  surface: '#f6f8fa',
  border: '#d1d9e0',
  hover: 'rgba(31,35,40,.05)',
  focus: '#0969da',
  error: '#c4302b',
  blue: '#1a6fd6',
  orange: '#c2640a',
  green: '#1a7f4b',
  purple: '#7a45b8',
  red: '#d1312f',
  yellow: '#9a7400',
}
const DARK = {
  fg: '#d7dce3',
  dim: '#939cab',
  bg: '#14171c',
  surface: '#1d2128',
  border: '#343a44',
  hover: 'rgba(215,220,227,.07)',
  focus: '#4c9aff',
  error: '#ff7b72',
  blue: '#4c9aff',
  orange: '#f0913a',
  green: '#3fb97f',
  purple: '#b48cf2',
  red: '#f4605c',
  yellow: '#dcb03c',
}

/** On the root element in `beforeprint`, when scripts run but the print style sheet does not apply yet. */
export const PRINT_CLASS = 'liqnb-print'

/** Chart colours are made opaque: VS Code's own orange is a highlight of a third of the opacity, too faint for a mark. */
const STYLE = `
.liqnb-themed{${variables(LIGHT)}
--liqnb-fg:var(--vscode-editor-foreground,var(--liqnb-default-fg));
--liqnb-dim:var(--vscode-descriptionForeground,var(--liqnb-default-dim));
--liqnb-bg:var(--vscode-editor-background,var(--liqnb-default-bg));
--liqnb-surface:var(--vscode-editorWidget-background,var(--liqnb-default-surface));
--liqnb-border:var(--vscode-editorWidget-border,var(--vscode-contrastBorder,var(--liqnb-default-border)));
--liqnb-hover:var(--vscode-list-hoverBackground,var(--liqnb-default-hover));
--liqnb-focus:var(--vscode-focusBorder,var(--liqnb-default-focus));
--liqnb-error:var(--vscode-errorForeground,var(--liqnb-default-error));
--liqnb-button:var(--vscode-button-secondaryBackground,var(--liqnb-surface));
--liqnb-button-fg:var(--vscode-button-secondaryForeground,var(--liqnb-fg));
--liqnb-button-border:var(--vscode-button-border,var(--vscode-contrastBorder,color-mix(in srgb,var(--liqnb-fg) 28%,var(--liqnb-bg))));
${CHART_COLORS.map(name => `--liqnb-${name}:rgb(from var(--vscode-charts-${name},var(--liqnb-default-${name})) r g b / 1);`).join('\n')}
--liqnb-font:var(--vscode-font-family,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);
}
@media (prefers-color-scheme: dark){.liqnb-themed{${variables(DARK)}}}
@media print{.liqnb-themed{${variables(LIGHT)}}}
.${PRINT_CLASS} .liqnb-themed{${variables(LIGHT)}}
@media (forced-colors: active){
.liqnb-themed{--liqnb-fg:CanvasText;--liqnb-dim:CanvasText;--liqnb-bg:Canvas;--liqnb-surface:Canvas;--liqnb-border:CanvasText;--liqnb-hover:Canvas;--liqnb-focus:Highlight;--liqnb-error:CanvasText}
.liqnb-themed :is([aria-pressed=true],[aria-selected=true]){forced-color-adjust:none;background:Highlight!important;color:HighlightText!important}
}
.liqnb-problem{color:var(--vscode-errorForeground,#c4302b);font:13px/1.5 var(--vscode-font-family,system-ui,sans-serif);padding:8px 0;white-space:pre-wrap;overflow-wrap:anywhere}
@media (prefers-color-scheme: dark){.liqnb-problem{color:var(--vscode-errorForeground,#ff7b72)}}
`

/** Defines the theme's variables on `host`. */
export function applyThemeStyle(host: HTMLElement): void {
  ensureStyle(host, 'theme', STYLE)
  host.classList.add('liqnb-themed')
}

const BLACK: Rgba = { r: 0, g: 0, b: 0, a: 1 }

/** Reads the theme at `host`, which must be in the document. */
function readTheme(host: HTMLElement): Theme {
  applyThemeStyle(host)
  // The probe's computed colour resolves variables, fallbacks and color-mix() to numbers.
  const probe = element('span', { hidden: true })
  // With forced colours every colour would read as the text colour.
  probe.style.setProperty('forced-color-adjust', 'none')
  host.append(probe)
  const computed = getComputedStyle(probe)
  const color = (name: string): Rgba => {
    probe.style.color = `var(--liqnb-${name})`
    return parseColor(computed.color) ?? BLACK
  }
  const foreground = color('fg')
  const background = over(color('bg'), { r: 255, g: 255, b: 255, a: 1 })
  const [dim, surface, border] = [color('dim'), color('surface'), color('border')]
  const colorway = CHART_COLORS.map(name => cssColor(color(name)))
  const [up, down] = [cssColor(color('green')), cssColor(color('red'))]
  probe.style.fontFamily = 'var(--liqnb-font)'
  const fontFamily = computed.fontFamily
  probe.remove()

  const highContrast =
    document.body.classList.contains('vscode-high-contrast') ||
    document.body.classList.contains('vscode-high-contrast-light') ||
    matchMedia('(prefers-contrast: more), (forced-colors: active)').matches
  return {
    dark: luminance(background) < 0.3,
    highContrast,
    foreground: cssColor(foreground),
    dim: cssColor(highContrast ? foreground : dim),
    background: cssColor(background),
    surface: cssColor(over(surface, background)),
    border: cssColor(border),
    grid: cssColor(foreground, highContrast ? 0.3 : 0.09),
    axis: cssColor(foreground, highContrast ? 1 : 0.28),
    up,
    down,
    colorway,
    fontFamily,
  }
}

/** A theme with a dark background instead of its own, for charts whose background is a choice. */
export function toDark(theme: Theme): Theme {
  if (theme.dark) return theme
  const { fg, dim, bg, surface, border, green, red } = DARK
  const foreground = theme.highContrast ? '#ffffff' : fg
  const rgba = hexColor(foreground)
  return {
    ...theme,
    dark: true,
    foreground,
    dim: theme.highContrast ? foreground : dim,
    background: theme.highContrast ? '#000000' : bg,
    surface,
    border,
    grid: cssColor(rgba, theme.highContrast ? 0.3 : 0.09),
    axis: cssColor(rgba, theme.highContrast ? 1 : 0.28),
    up: green,
    down: red,
    colorway: CHART_COLORS.map(name => DARK[name]),
  }
}

const MEDIA = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)']

/** VS Code sets the theme as classes of the body and variables of the root element; an exported page follows the system. */
export const documentTheme: ThemeSource = {
  read: readTheme,
  watch(listener) {
    const observer = new MutationObserver(listener)
    const options = { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] }
    observer.observe(document.documentElement, options)
    observer.observe(document.body, options)
    const queries = MEDIA.map(query => matchMedia(query))
    for (const query of queries) query.addEventListener('change', listener)
    return () => {
      observer.disconnect()
      for (const query of queries) query.removeEventListener('change', listener)
    }
  },
}
