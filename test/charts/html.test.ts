import { expect, it } from 'vitest'
import { Html, html } from '../../src/charts/html.ts'

it('html escapes values and joins parts', () => {
  expect(html`<b>${'<script>&"\''}</b>${[1, html`<i>${2}</i>`]}`.text).toBe(
    '<b>&#60;script&#62;&#38;&#34;&#39;</b>1<i>2</i>',
  )
  expect(html`a` instanceof Html).toBe(true)
})
