/** Styles specific to the study; plot/css.ts has those shared with the explorer. */
export const STUDY_CSS = `
.liqnb-x-detail{flex:1 1 320px;margin:0;font-variant-numeric:tabular-nums;min-height:17px}
.liqnb-x-filters{padding:6px 0 2px;border-top:1px solid var(--liqnb-border);gap:6px 10px}
.liqnb-x-between{display:inline-flex;align-items:center;gap:5px;white-space:nowrap}
.liqnb-x input[type=number],.liqnb-x input[type=search]{font:inherit;font-size:12px;height:26px;box-sizing:border-box;color:var(--liqnb-fg);background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:3px;padding:0 5px;margin:0;width:60px;font-variant-numeric:tabular-nums}
.liqnb-x input[type=search]{width:96px}
.liqnb-x input::placeholder{color:var(--liqnb-dim);opacity:.8}
.liqnb-x-summary{display:flex;flex-wrap:wrap;gap:4px 28px;align-items:flex-start;margin:6px 0}
.liqnb-x-summary figure{flex:1 1 300px;min-width:0;margin:0}
.liqnb-x-summary figcaption{font-weight:600;font-size:12px}
.liqnb-x-summary figcaption output{font-weight:400}
.liqnb-x-hist{display:block;width:100%;height:170px;cursor:pointer}
.liqnb-x-statistics{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums;margin:0;width:auto}
.liqnb-x .liqnb-x-statistics tr,.liqnb-x .liqnb-x-statistics :is(td,th){background:none;border:0;padding:1px 0 1px 14px;text-align:right;font-weight:400;white-space:nowrap}
.liqnb-x .liqnb-x-statistics th[scope=row]{text-align:left;color:var(--liqnb-dim);padding-left:0}
.liqnb-x .liqnb-x-statistics th[scope=col]{font-weight:600}
.liqnb-x-list{position:relative;overflow:auto;max-height:336px;border:1px solid var(--liqnb-border);border-radius:4px;font-size:12px;font-variant-numeric:tabular-nums;outline:none}
.liqnb-x-list:focus-visible{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
.liqnb-x-thead{position:sticky;top:0;z-index:1;width:max(100%,var(--width));background:var(--liqnb-surface);border-bottom:1px solid var(--liqnb-border)}
.liqnb-x-tr{display:grid;grid-template-columns:var(--columns);height:24px;align-items:center;width:100%;box-sizing:border-box}
.liqnb-x-tr>*{padding:0 .55ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.liqnb-x-th>*{padding:0}
.liqnb-x-tr>.right{text-align:right}
.liqnb-x .liqnb-x-th button{width:100%;height:100%;background:none;border:0;color:inherit;font-weight:600;text-align:inherit;padding:0 .55ch;border-radius:0;position:relative}
.liqnb-x .liqnb-x-th>*{overflow:visible}
.liqnb-x-th [aria-sort] button::after{position:absolute;margin-left:.1ch;font-size:12px}
.liqnb-x-th [aria-sort=ascending] button::after{content:"▲"/""}
.liqnb-x-th [aria-sort=descending] button::after{content:"▼"/""}
.liqnb-x-th :last-child[aria-sort] button::after{position:static}
.liqnb-x-tbody{position:relative;width:max(100%,var(--width))}
.liqnb-x-tbody .liqnb-x-tr{position:absolute;left:0;cursor:pointer;border-bottom:1px solid color-mix(in srgb,var(--liqnb-border) 40%,transparent)}
.liqnb-x-tbody .liqnb-x-tr:hover{background:var(--liqnb-hover)}
.liqnb-x-tbody .liqnb-x-tr[aria-selected=true]{background:color-mix(in srgb,var(--liqnb-focus) 24%,transparent)}
.liqnb-x-list:focus .liqnb-x-active{outline:1px solid var(--liqnb-focus);outline-offset:-1px}
@media print{.liqnb-x-filters{display:none}.liqnb-x-list{max-height:200px;overflow:hidden}}
`
