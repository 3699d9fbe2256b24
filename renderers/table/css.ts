/** Styles of tables. */
export const TABLE_CSS = `
.liqnb-table{color:var(--liqnb-fg);font:13px/1.45 var(--liqnb-font);max-width:100%;width:fit-content}
.liqnb-table-scroll{box-sizing:border-box;width:fit-content;max-width:100%;overflow:auto;max-height:600px;border:1px solid var(--liqnb-border);border-radius:4px}
.liqnb-table-scroll:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
.liqnb-table table{border-collapse:separate;border-spacing:0;margin:0;width:auto;font:inherit;color:inherit}
.liqnb-table th,.liqnb-table td{padding:0;border:0;text-align:left;white-space:nowrap;font:inherit}
.liqnb-table thead{position:sticky;top:0;z-index:1;background:var(--liqnb-surface)}
.liqnb-table thead tr:last-child>*{border-bottom:1px solid var(--liqnb-border)}
.liqnb-table thead tr:nth-child(n){background:none}
.liqnb-table thead td{padding:0 12px 5px;font-weight:400}
.liqnb-table .statistics td{color:var(--liqnb-dim);font-size:12px;line-height:1.3;max-width:220px}
.liqnb-table .statistics td>span{display:block;overflow:hidden;text-overflow:ellipsis}
.liqnb-table .statistics svg{display:block;width:72px;height:18px;margin:0 0 2px}
.liqnb-table .statistics .right svg{margin-left:auto}
.liqnb-table .statistics rect{fill:var(--liqnb-blue)}
.liqnb-table .filters input{box-sizing:border-box;width:100%;min-width:72px}
.liqnb-table input{height:22px;padding:0 5px;border:1px solid var(--vscode-input-border,var(--liqnb-border));border-radius:3px;background:var(--vscode-input-background,var(--liqnb-bg));color:var(--vscode-input-foreground,var(--liqnb-fg));font:inherit;font-size:12px}
.liqnb-table input::placeholder{color:var(--liqnb-dim);opacity:.7}
.liqnb-table input:focus-visible,.liqnb-table td:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
.liqnb-table[aria-busy] tbody{opacity:.55}
.liqnb-table td{padding:3px 12px;max-width:360px;overflow:hidden;text-overflow:ellipsis}
.liqnb-table tbody tr:nth-child(n){background:none}
.liqnb-table tbody tr+tr td{border-top:1px solid color-mix(in srgb,var(--liqnb-border) 45%,transparent)}
.liqnb-table tbody tr:hover td{background:linear-gradient(var(--liqnb-hover),var(--liqnb-hover)),var(--liqnb-bg)}
.liqnb-table .right{text-align:right;font-variant-numeric:tabular-nums}
.liqnb-table td.time{font-variant-numeric:tabular-nums}
/* The first column stays in sight; its cells need a background of their own. */
.liqnb-table tr>:first-child{position:sticky;left:0;background:var(--liqnb-surface)}
.liqnb-table tbody tr:not(:hover)>:first-child{background:var(--liqnb-bg)}
.liqnb-table-scroll.scrolled tr>:first-child{box-shadow:1px 0 0 var(--liqnb-border)}
.liqnb-table .missing::after{content:"–";color:var(--liqnb-dim);opacity:.6}
.liqnb-table button,.liqnb-table select{font:inherit;color:inherit;background:transparent;border:0;margin:0;cursor:pointer}
.liqnb-table button:focus-visible,.liqnb-table select:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px;border-radius:3px}
.liqnb-table th button{display:flex;gap:4px;align-items:center;width:100%;padding:5px 12px;font-weight:600;text-align:inherit}
.liqnb-table th.right button{justify-content:flex-end}
.liqnb-table th.right .arrow{order:-1}
.liqnb-table th button:hover{background:var(--liqnb-hover)}
.liqnb-table .unit{color:var(--liqnb-dim);font-weight:400;font-size:12px}
.liqnb-table .arrow{width:12px;flex:none;color:var(--liqnb-dim);font-size:12px;text-align:center}
.liqnb-table th[aria-sort] .arrow{color:var(--liqnb-fg)}
.liqnb-table th:not([aria-sort]) .arrow::after{content:"↕";opacity:0}
.liqnb-table th:not([aria-sort]) button:hover .arrow::after,.liqnb-table th:not([aria-sort]) button:focus-visible .arrow::after{opacity:.6}
.liqnb-table th[aria-sort=ascending] .arrow::after{content:"▲"}
.liqnb-table th[aria-sort=descending] .arrow::after{content:"▼"}
.liqnb-table-foot{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:center;padding:4px 2px;color:var(--liqnb-dim);font-size:12px;font-variant-numeric:tabular-nums}
.liqnb-table-foot nav{display:flex;gap:2px;margin:0}
.liqnb-table-foot [hidden]{display:none}
.liqnb-table-foot .problem{color:var(--liqnb-error);overflow-wrap:anywhere}
.liqnb-table-note:empty{display:none}
.liqnb-table-tools{display:flex;flex-wrap:wrap;gap:2px 4px;align-items:center;margin-left:auto}
.liqnb-table-tools input{width:120px}
.liqnb-table-foot>button{border:1px solid var(--liqnb-border)}
.liqnb-table-tools button[aria-pressed=true]{background:var(--liqnb-hover);box-shadow:inset 0 0 0 1px var(--liqnb-border)}
.liqnb-table-foot button{min-width:26px;height:24px;padding:0 6px;border-radius:3px;color:var(--liqnb-fg);font-size:12px;line-height:1}
.liqnb-table-foot nav button{font-size:14px}
.liqnb-table-foot button:hover:not([aria-disabled]){background:var(--liqnb-hover)}
.liqnb-table-foot button[aria-disabled]{opacity:.35;cursor:default}
.liqnb-table-foot select{height:24px;padding:0 2px;border-radius:3px;color:var(--liqnb-fg)}
.liqnb-table-foot select option{background:var(--liqnb-bg);color:var(--liqnb-fg)}
@media print{.liqnb-table-scroll{max-height:none;overflow:visible}.liqnb-table-foot :is(nav,label,button,.liqnb-table-tools){display:none}}
`
