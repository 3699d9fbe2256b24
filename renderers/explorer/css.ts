/** Styles specific to the explorer; plot/css.ts has those shared with the study. */
export const EXPLORER_CSS = `
@container (min-width:1240px){
.liqnb-x-body{display:grid;grid-template-columns:minmax(0,1fr) 330px;gap:0 20px;align-items:start}
.liqnb-x-body .liqnb-x-panel{border-top:0;padding-top:0;grid-template-columns:minmax(0,1fr)}
}
.liqnb-x-feed{display:inline-flex;align-items:center;gap:6px;margin:2px 0 4px;padding:1px 8px;border:1px solid var(--liqnb-feed);border-radius:4px;font-variant-numeric:tabular-nums}
.liqnb-x-feed[hidden]{display:none}
.liqnb-x-feed>:first-child{color:var(--liqnb-feed)}
.liqnb-x-feed[data-state=live]{--liqnb-feed:var(--liqnb-green)}
.liqnb-x-feed[data-state=late]{--liqnb-feed:var(--liqnb-orange)}
.liqnb-x-feed[data-state=broken]{--liqnb-feed:var(--liqnb-error)}
.liqnb-x-feed[data-state=ended]{--liqnb-feed:var(--liqnb-dim)}
.liqnb-x-asof{display:flex;align-items:center;gap:8px;flex:1 1 260px;min-width:0}
.liqnb-x-asof input{flex:1;min-width:60px}
.liqnb-x-asof output{white-space:nowrap}
.liqnb-x-panel{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:8px 28px;border-top:1px solid var(--liqnb-border);padding-top:6px}
.liqnb-x-tier{display:grid;grid-template-columns:80px minmax(60px,1fr) 52px;align-items:center;gap:8px;min-height:24px}
.liqnb-x-off{opacity:.55}
.liqnb-x-name{font-variant-numeric:tabular-nums}
.liqnb-x input[type=text]{width:68px;text-align:right;font-variant-numeric:tabular-nums}
.liqnb-x input[type=range]{appearance:none;-webkit-appearance:none;background:transparent;height:18px;margin:0;width:100%;cursor:pointer;--fill:0%}
.liqnb-x input[type=range]::-webkit-slider-runnable-track{height:3px;border-radius:2px;background:linear-gradient(to right,var(--liqnb-focus) var(--fill),var(--liqnb-border) var(--fill))}
.liqnb-x input[type=range]::-webkit-slider-thumb{-webkit-appearance:none;width:13px;height:13px;margin-top:-5px;border-radius:50%;background:var(--liqnb-focus);border:2px solid var(--liqnb-bg)}
.liqnb-x input[type=range]::-moz-range-track{height:3px;border-radius:2px;background:linear-gradient(to right,var(--liqnb-focus) var(--fill),var(--liqnb-border) var(--fill))}
.liqnb-x input[type=range]::-moz-range-thumb{width:9px;height:9px;border-radius:50%;background:var(--liqnb-focus);border:2px solid var(--liqnb-bg)}
:is(.liqnb-x-kernel,.liqnb-x-code){margin-top:8px!important}
.liqnb-x-differs{display:block;border-left:3px solid var(--liqnb-orange);padding-left:8px;margin-top:4px}
.liqnb-x-differs[hidden]{display:none}
.liqnb-x fieldset[hidden]{display:none}
@media print{.liqnb-x-panel{display:none}}
@media (forced-colors: active){.liqnb-x input[type=range]{appearance:auto;-webkit-appearance:auto}}
`
