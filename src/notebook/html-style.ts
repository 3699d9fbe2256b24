/** The style sheet of an exported page. Its colours are those of the renderers outside VS Code. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--fg:#1f2328;--dim:#59636e;--bg:#fff;--surface:#f6f8fa;--border:#d1d9e0;--link:#0969da;
--error:#c4302b;--comment:#59636e;--string:#1a6b3c;--keyword:#7a45b8;--number:#a3520a}
@media(prefers-color-scheme:dark){:root{--fg:#d7dce3;--dim:#939cab;--bg:#14171c;--surface:#1d2128;--border:#343a44;
--link:#4c9aff;--error:#ff7b72;--comment:#939cab;--string:#6cc48f;--keyword:#b48cf2;--number:#f0a35a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 6rem}
nav{display:flex;flex-wrap:wrap;gap:.3em 1.2em;margin:0 0 1.5rem;font-size:.875rem}
.cell{margin:0 0 1.5rem}
.markdown{max-width:46rem;overflow-wrap:break-word}
.markdown>:first-child{margin-top:0}.markdown>:last-child{margin-bottom:0}
h1,h2,h3,h4{line-height:1.25;margin:1.6em 0 .6em}
h1{font-size:1.9rem;margin-top:0}h2{font-size:1.4rem}h3{font-size:1.15rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
pre,code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:not(pre)>code{background:var(--surface);border-radius:3px;padding:.1em .3em;font-size:.85em}
pre{margin:0;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
pre.source,.markdown pre{background:var(--surface);border:1px solid var(--border);border-radius:4px;padding:.7em .9em;white-space:pre}
summary{color:var(--dim);cursor:pointer;font-size:.875rem}
.comment{color:var(--comment)}.string{color:var(--string)}.keyword{color:var(--keyword)}.number{color:var(--number)}
.outputs{margin-top:.6rem;display:grid;gap:.6rem;grid-template-columns:minmax(0,1fr)}
.stderr{color:var(--dim);border-left:3px solid var(--border);padding-left:.7em}
.error{color:var(--error);border-left:3px solid var(--error);padding-left:.7em}
.plain{white-space:pre;overflow-x:auto}
.note,.missing-image{color:var(--dim);font-size:.875rem;margin:0}
img{max-width:100%;height:auto}
iframe.liqnb-html{display:block;width:100%;height:16rem;border:0}
table{border-collapse:collapse}
.markdown pre,.markdown table,.markdown blockquote{margin:1em 0}
.markdown th,.markdown td{border:1px solid var(--border);padding:.3em .7em}
blockquote{margin:0;padding-left:1em;border-left:3px solid var(--border);color:var(--dim)}
@media print{main{max-width:none;padding:0}pre,.plain{white-space:pre-wrap}.cell{break-inside:auto}}
`

/** For pages with formulas: fonts for mathematics that systems have, and what browsers draw differently. */
export const MATH_STYLE = `
math{font-family:"STIX Two Math","Cambria Math","Latin Modern Math","Libertinus Math","DejaVu Math TeX Gyre",math}
math[display=block],math.tml-display{display:block math;margin:1em 0;overflow:auto hidden}
math *{border-color:currentcolor}
.tml-right{text-align:right}.tml-left{text-align:left}
mfrac>:nth-child(2),msqrt,mover>:first-child{math-shift:compact}
`
