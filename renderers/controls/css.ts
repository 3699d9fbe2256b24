/** Styles of controls. */
export const CONTROLS_CSS = `
.liqnb-controls{position:relative;box-sizing:border-box;max-width:960px;padding:10px 12px 8px;border:1px solid var(--liqnb-border);border-radius:4px;color:var(--liqnb-fg);background:var(--liqnb-surface);font:13px/1.4 var(--liqnb-font)}
.liqnb-controls-grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,210px),1fr));gap:10px 22px;align-items:start}
.liqnb-control{display:grid;gap:2px;min-width:0}
.liqnb-control label{font-weight:600;overflow-wrap:anywhere}
.liqnb-control-line{display:flex;gap:8px;align-items:center;min-height:26px}
.liqnb-control input,.liqnb-control select{box-sizing:border-box;min-width:0;flex:1;margin:0;font:inherit;color:inherit;accent-color:var(--liqnb-focus)}
.liqnb-control input:not([type=range]):not([type=checkbox]),.liqnb-control select{height:26px;padding:2px 6px;border:1px solid var(--vscode-input-border,var(--liqnb-border));border-radius:3px;background:var(--vscode-input-background,var(--liqnb-bg));color:var(--vscode-input-foreground,var(--liqnb-fg))}
.liqnb-control select option{background:var(--liqnb-bg);color:var(--liqnb-fg)}
.liqnb-control input,.liqnb-control select{color-scheme:light}
body.vscode-dark .liqnb-control :is(input,select),body.vscode-high-contrast:not(.vscode-high-contrast-light) .liqnb-control :is(input,select){color-scheme:dark}
.liqnb-control input[type=range]{height:20px;padding:0;background:transparent}
.liqnb-control-value{min-width:4.5em;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.liqnb-control-unit{color:var(--liqnb-dim)}
.liqnb-control input[role=switch]{appearance:none;flex:none;width:34px;height:18px;border:1px solid var(--liqnb-fg);border-radius:9px;position:relative;cursor:pointer;background:transparent}
.liqnb-control input[role=switch]::after{content:"";position:absolute;top:2px;left:2px;width:12px;height:12px;border-radius:50%;background:var(--liqnb-fg);transition:left .12s}
.liqnb-control input[role=switch]:checked{background:var(--liqnb-focus);border-color:var(--liqnb-focus)}
.liqnb-control input[role=switch]:checked::after{left:18px;background:var(--liqnb-bg)}
.liqnb-control input:focus-visible,.liqnb-control select:focus-visible,.liqnb-controls button:focus-visible{outline:2px solid var(--liqnb-focus);outline-offset:1px}
.liqnb-control input[aria-invalid]{border-color:var(--liqnb-error)}
.liqnb-control-note,.liqnb-controls-foot .problem{color:var(--liqnb-error);font-size:12px;overflow-wrap:anywhere}
.liqnb-controls-foot{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center;min-height:24px;margin-top:6px;color:var(--liqnb-dim);font-size:12px}
.liqnb-controls-foot>span{flex:1;min-width:0;overflow-wrap:anywhere}
.liqnb-controls button{height:24px;padding:0 10px;border:1px solid var(--liqnb-border);border-radius:3px;background:transparent;color:var(--liqnb-fg);font:inherit;font-size:12px;cursor:pointer}
.liqnb-controls button:hover:not([aria-disabled]){background:var(--liqnb-hover)}
.liqnb-controls button[aria-disabled]{opacity:.4;cursor:default}
.liqnb-controls button[hidden]{display:none}
.liqnb-controls.off .liqnb-controls-grid{opacity:.6}
.liqnb-controls.off input,.liqnb-controls.off select{cursor:not-allowed}
.liqnb-controls-progress{position:absolute;left:0;right:0;top:0;height:2px;overflow:hidden;border-radius:4px 4px 0 0}
.liqnb-controls-progress[hidden]{display:none}
.liqnb-controls-progress::after{content:"";position:absolute;inset:0;width:30%;background:var(--liqnb-focus);animation:liqnb-run 1.1s linear infinite}
@keyframes liqnb-run{from{left:-30%}to{left:100%}}
@media (prefers-reduced-motion: reduce){.liqnb-controls-progress::after{animation:none;width:100%}.liqnb-control input[role=switch]::after{transition:none}}
@media (prefers-color-scheme: dark){body:not([class*=vscode-]) .liqnb-control :is(input,select){color-scheme:dark}}
@media (forced-colors: active){.liqnb-control input[role=switch]{forced-color-adjust:none}}
@media print{.liqnb-controls-foot{display:none}}
`
