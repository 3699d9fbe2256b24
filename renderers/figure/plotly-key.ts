/** Where `plotly.js` leaves the function that loads Plotly, apart from any `window.Plotly` of other outputs. */
export const PLOTLY_KEY = Symbol.for('liqnb.plotly')
