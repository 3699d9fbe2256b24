/** Styles of errors. */
export const ERROR_CSS = `
.liqnb-error{box-sizing:border-box;padding:6px 10px;border-left:3px solid var(--liqnb-error);color:var(--liqnb-fg);font:13px/1.5 var(--vscode-editor-font-family,ui-monospace,monospace);user-select:text}
.liqnb-error p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.liqnb-error .name{color:var(--liqnb-error);font-weight:600}
.liqnb-error .advice{margin-top:6px;padding:4px 8px;background:var(--liqnb-surface);border:1px solid var(--liqnb-border);border-radius:3px;font-family:var(--liqnb-font)}
.liqnb-error .trace{margin-top:4px;color:var(--liqnb-dim)}
.liqnb-error .trace p{padding-left:7ch;text-indent:-7ch}
.liqnb-error .trace p.code{padding-left:0;text-indent:0;color:var(--liqnb-fg);white-space:pre;overflow-x:auto}
.liqnb-error a{color:var(--vscode-textLink-foreground,var(--liqnb-blue));text-decoration:underline;cursor:pointer}
.liqnb-error a:focus-visible{outline:2px solid var(--liqnb-focus);outline-offset:1px}
`
