/** Styles specific to the board; plot/css.ts has those shared with the charts. */
export const BOARD_CSS = `
.liqnb-x-board{display:grid;gap:12px;grid-template-columns:repeat(var(--columns),minmax(0,1fr))}
.liqnb-x .liqnb-x-tile{display:block;height:auto;min-width:0;padding:0;text-align:left;color:var(--liqnb-fg);background:none;border:1px solid var(--liqnb-border);border-radius:4px;overflow:hidden;white-space:normal}
.liqnb-x .liqnb-x-tile:hover:enabled{background:var(--liqnb-hover);border-color:var(--liqnb-focus)}
.liqnb-x-tile canvas{display:block}
.liqnb-x-caption{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;padding:6px 8px;line-height:1.3;font-variant-numeric:tabular-nums}
.liqnb-x-caption b{overflow-wrap:anywhere}
.liqnb-x-change{color:var(--liqnb-dim)}
.liqnb-x-opened{margin-top:4px}
.liqnb-x-opened .liqnb-x-bar{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;margin-bottom:6px}
.liqnb-x-rows{margin-top:10px}
`
