/** The global under which `plotly.js` stores the function that loads Plotly, unlike the `window.Plotly` of other outputs. */
export const PLOTLY_KEY = Symbol.for('liqnb.plotly')
