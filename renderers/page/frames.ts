/** Sizes the frames of HTML outputs (`iframe.liqnb-html`, no scripts inside) to the height of their content. */

const MAX_HEIGHT = 20_000

export function fitFrame(frame: HTMLIFrameElement): void {
  const fitHeight = (): void => {
    const content = frame.contentDocument
    if (!content?.body) return
    // Measured at height 0, so that a frame can also shrink.
    frame.style.height = '0'
    const borders = frame.offsetHeight - frame.clientHeight
    frame.style.height = `${Math.min(MAX_HEIGHT, content.documentElement.scrollHeight + borders)}px`
  }
  const watch = (): void => {
    const content = frame.contentDocument
    if (!content?.body) return
    fitHeight()
    new ResizeObserver(fitHeight).observe(content.body)
  }
  frame.addEventListener('load', watch)
  if (frame.contentDocument?.readyState === 'complete') watch()
  let width = frame.clientWidth
  new ResizeObserver(() => {
    if (frame.clientWidth === width) return
    width = frame.clientWidth
    fitHeight()
  }).observe(frame)
}
