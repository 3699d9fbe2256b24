/** Styles shared by explorer, study and market: chart, tooltip, buttons, form elements, help. */
export const PLOT_CSS = `
.liqnb-x{container-type:inline-size;position:relative;color:var(--liqnb-fg);font:12px/1.4 var(--liqnb-font);max-width:100%;padding:4px 0 8px}
.liqnb-x-chart{position:relative;overflow:hidden;touch-action:pan-y pinch-zoom;cursor:crosshair;outline:none;border-radius:2px}
.liqnb-x-chart:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
.liqnb-x-chart canvas{position:absolute;display:block;pointer-events:none}
.liqnb-x-tip{position:absolute;pointer-events:none;display:grid;grid-template-columns:auto auto auto;gap:1px 12px;padding:6px 9px;background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:3px;font-size:12px;line-height:1.45;font-variant-numeric:tabular-nums;white-space:nowrap;box-shadow:0 2px 8px rgba(0,0,0,.18);z-index:1}
.liqnb-x-tip[hidden]{display:none}
.liqnb-x-tip>*{text-align:right}
.liqnb-x-tip>:nth-child(3n+2){text-align:left}
.liqnb-x-tip>:nth-child(1){grid-column:1/-1;text-align:left;color:var(--liqnb-dim)}
.liqnb-x-tip>:nth-child(2),.liqnb-x-tip>:nth-child(4){font-weight:600}
.liqnb-x-pairs{grid-template-columns:auto auto}
.liqnb-x-tip.liqnb-x-pairs>*{text-align:right;font-weight:400}
.liqnb-x-tip.liqnb-x-pairs>:nth-child(even){text-align:left;color:var(--liqnb-dim)}
.liqnb-x-tip.liqnb-x-pairs>:nth-child(1){color:var(--liqnb-fg);text-align:left;font-weight:600}
.liqnb-x.liqnb-x-full{background:var(--liqnb-bg);overflow:auto;box-sizing:border-box}
.liqnb-x:fullscreen{padding:8px 12px;width:100%;height:100%;max-width:none}
.liqnb-x-toolbar,.liqnb-x-row{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;min-height:24px}
.liqnb-x-toolbar{margin:6px 0 4px;gap:6px 10px}
.liqnb-x output{font-variant-numeric:tabular-nums;color:var(--liqnb-dim);font-size:12px;text-align:right}
.liqnb-x-tools{display:flex;flex-wrap:wrap;gap:4px}
.liqnb-x-segments{display:inline-flex}
.liqnb-x-segments button{border-radius:0;margin-left:-1px}
.liqnb-x-segments button:is(:hover,[aria-pressed=true],:focus-visible){z-index:1;position:relative}
.liqnb-x-segments :first-child{border-radius:4px 0 0 4px;margin-left:0}
.liqnb-x-segments :last-child{border-radius:0 4px 4px 0}
.liqnb-x button{font:inherit;font-size:12px;line-height:1;color:var(--liqnb-button-fg);background:var(--liqnb-button);border:1px solid var(--liqnb-button-border);border-radius:4px;height:26px;min-width:28px;padding:0 9px;cursor:pointer;margin:0;white-space:nowrap}
.liqnb-x button:hover:enabled{background:color-mix(in srgb,var(--liqnb-fg) 14%,var(--liqnb-button));border-color:var(--liqnb-fg)}
.liqnb-x button:active:enabled{background:color-mix(in srgb,var(--liqnb-fg) 26%,var(--liqnb-button))}
.liqnb-x button:is([aria-pressed=true],[aria-expanded=true]){background:color-mix(in srgb,var(--liqnb-focus) 28%,var(--liqnb-bg));border-color:var(--liqnb-focus);color:var(--liqnb-fg)}
.liqnb-x button:focus-visible,.liqnb-x select:focus-visible,.liqnb-x input:focus-visible,.liqnb-x summary:focus-visible{outline:2px solid var(--liqnb-focus);outline-offset:1px}
.liqnb-x button[hidden]{display:none}
.liqnb-x-ranges{gap:4px 14px}
.liqnb-x-ranges button[aria-pressed=true]{font-weight:600}
.liqnb-x-dates{display:flex;align-items:center;gap:4px}
.liqnb-x-dates input{font:inherit;font-size:12px;height:24px;color:var(--liqnb-fg);background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:3px;padding:0 4px;margin:0;min-width:0}
.liqnb-x-ranges button{font-size:12px;height:24px}
.liqnb-x input[aria-invalid=true]{border-color:var(--liqnb-error)}
.liqnb-x-error{color:var(--liqnb-error)}
.liqnb-x-gap{width:8px}
.liqnb-x fieldset{border:0;margin:0;padding:0;min-width:0;display:flex;flex-direction:column;gap:2px}
.liqnb-x legend{padding:0;font-weight:600;font-size:12px;margin-bottom:2px}
.liqnb-x label{display:inline-flex;align-items:center;gap:5px;white-space:nowrap}
.liqnb-x-dim{color:var(--liqnb-dim);font-size:12px}
.liqnb-x select,.liqnb-x input[type=text]{font:inherit;font-size:12px;height:26px;box-sizing:border-box;color:var(--liqnb-fg);background:var(--liqnb-surface);border:1px solid var(--liqnb-button-border);border-radius:3px;padding:0 5px;margin:0;max-width:100%}
.liqnb-x-row>label{max-width:100%}
.liqnb-x-row select{min-width:0;text-overflow:ellipsis}
.liqnb-x select option{background:var(--liqnb-bg);color:var(--liqnb-fg)}
.liqnb-x input[type=checkbox]{margin:0;width:13px;height:13px;accent-color:var(--liqnb-focus)}
.liqnb-x details{margin-top:6px;color:var(--liqnb-dim);font-size:12px}
.liqnb-x summary{cursor:pointer;width:fit-content;font-size:inherit;color:inherit}
.liqnb-x details ul{margin:4px 0 0;padding-left:18px}
.liqnb-x select:disabled,.liqnb-x button:disabled{opacity:.5;cursor:default}
.liqnb-x-note{color:var(--liqnb-error);font-size:12px;min-height:0}
.liqnb-x-help{position:absolute;top:44px;left:12px;right:12px;max-width:560px;max-height:420px;overflow:auto;z-index:2;background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:4px;padding:10px 14px;box-shadow:0 4px 16px rgba(0,0,0,.25)}
.liqnb-x-help[hidden]{display:none}
.liqnb-x-help dl{display:grid;grid-template-columns:auto 1fr;gap:3px 14px;margin:6px 0 0;font-size:12px}
.liqnb-x-help dt{font-weight:600;white-space:nowrap}
.liqnb-x-help dd{margin:0}
.liqnb-x-help-head{display:flex;justify-content:space-between;align-items:center;font-weight:600}
.liqnb-x-status{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.liqnb-x-menu-host{position:relative;display:inline-block}
.liqnb-x-menu{position:absolute;top:calc(100% + 4px);left:0;z-index:3;width:max-content;max-width:calc(100vw - 32px);display:grid;gap:10px;padding:10px 14px;background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:4px;box-shadow:0 4px 16px rgba(0,0,0,.25)}
.liqnb-x-menu[hidden]{display:none}
.liqnb-x-menu label{min-height:24px;cursor:pointer}
.liqnb-x-menu input[type=radio]{margin:0;accent-color:var(--liqnb-focus)}
.liqnb-x-swatch{display:inline-block;width:64px;height:12px;border:1px solid var(--liqnb-border);border-radius:2px;forced-color-adjust:none}
@media (prefers-reduced-motion: reduce){.liqnb-x *{transition:none!important;animation:none!important}}
.liqnb-print .liqnb-x{max-width:680px}
:is(.vscode-high-contrast,.vscode-high-contrast-light) .liqnb-x :is(button,select,input[type=text]){border-color:var(--liqnb-fg)}
:is(.vscode-high-contrast,.vscode-high-contrast-light) .liqnb-x button:is([aria-pressed=true],[aria-expanded=true]){border:2px solid var(--liqnb-focus)}
@media (pointer:coarse){.liqnb-x :is(button,select,input[type=text]){height:34px}.liqnb-x-tools{gap:6px}}
@media print{.liqnb-x-toolbar{display:none}}
`
