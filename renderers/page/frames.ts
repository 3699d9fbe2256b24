/** Frames of HTML outputs (`iframe.liqnb-html`, no scripts inside) grow to the height of their content. */

const MAX_HEIGHT = 20_000

export function fitFrame(frame: HTMLIFrameElement): void {
  const grow = (): void => {
    const inner = frame.contentDocument
    if (!inner?.body) return
    // Measured from nothing, so that a frame can also become lower again.
    frame.style.height = '0'
    const borders = frame.offsetHeight - frame.clientHeight
    frame.style.height = `${Math.min(MAX_HEIGHT, inner.documentElement.scrollHeight + borders)}px`
  }
  const watch = (): void => {
    const inner = frame.contentDocument
    if (!inner?.body) return
    grow()
    new ResizeObserver(grow).observe(inner.body)
  }
  frame.addEventListener('load', watch)
  if (frame.contentDocument?.readyState === 'complete') watch()
  let width = frame.clientWidth
  new ResizeObserver(() => {
    if (frame.clientWidth === width) return
    width = frame.clientWidth
    grow()
  }).observe(frame)
}
