/** Styles around Plotly's own, which it adds to the document itself. 680 px fit between the margins of A4 and Letter. */
export const FIGURE_CSS = `
.liqnb-figure{position:relative;overflow-x:auto;overflow-y:hidden;max-width:100%}
.liqnb-figure .main-svg:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
.liqnb-figure .js-plotly-plot .plotly .modebar-btn:focus-visible{outline-color:var(--liqnb-focus)}
.liqnb-figure .js-plotly-plot .plotly .modebar-btn svg{display:block}
.liqnb-figure .js-plotly-plot .plotly [data-title]::after{background:var(--liqnb-surface);color:var(--liqnb-fg);border:1px solid var(--liqnb-border);font:12px/1.2 var(--liqnb-font);padding:5px 8px}
.liqnb-figure .js-plotly-plot .plotly [data-title]::before{border-bottom-color:var(--liqnb-border)}
.liqnb-figure-note{color:var(--liqnb-dim);font:12px/1.5 var(--liqnb-font);padding:2px 0 4px}
@media (prefers-reduced-motion: reduce){.liqnb-figure *{transition:none!important;animation:none!important}}
.liqnb-print .liqnb-figure{max-width:680px}
@media print{.liqnb-figure{overflow:hidden}.liqnb-figure .modebar-container{display:none}}
`
