/** Styles specific to the view of a market; plot/css.ts has those shared with the other charts. */
export const MARKET_CSS = `
.liqnb-x-head{margin:0 0 6px;font-size:12px}
.liqnb-x-head strong{font-size:13px}
.liqnb-x-head dl{display:flex;flex-wrap:wrap;gap:1px 18px;margin:2px 0 0}
.liqnb-x-head dl div{min-width:0;overflow-wrap:anywhere}
.liqnb-x-head :is(dt,dd){display:inline;margin:0}
.liqnb-x-head dt{color:var(--liqnb-dim);margin-right:5px}
.liqnb-x-head dt::after{content:":"}
.liqnb-x-head details{margin-top:2px;color:inherit}
.liqnb-x-head li{overflow-wrap:anywhere}
`
