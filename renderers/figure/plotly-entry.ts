/**
 * Entry of `plotly.js`, the only copy of Plotly (4.8 MB). The same file serves as a classic script, inlined into an exported
 * page, and as a module that VS Code's outputs import; it runs Plotly only when the first figure asks for it.
 */
import { PLOTLY_KEY } from './plotly-key.ts'

Object.assign(globalThis, { [PLOTLY_KEY]: () => import('plotly.js-dist-min') })
