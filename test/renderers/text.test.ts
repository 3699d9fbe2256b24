import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, plainText } from '../../renderers/figure/text.ts'

describe('cleanText', () => {
  it.each([
    ['plain text', 'plain text'],
    ['<b>bold</b> and <i>slanted</i><br>next', '<b>bold</b> and <i>slanted</i><br>next'],
    ['%{x}<extra></extra>', '%{x}<extra></extra>'],
    ['<br/>', '<br>'],
    ['<a href="https://example.org/a?b=1">x</a>', '<a href="https://example.org/a?b=1">x</a>'],
    ["<a href='mailto:a@example.org'>x</a>", '<a href="mailto:a@example.org">x</a>'],
    ['<span style="color:#f00; font-size: 9px">x</span>', '<span style="color:#f00;font-size: 9px">x</span>'],
  ])('keeps formatting: %s', (text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it.each([
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="java&#115;cript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href=" https://example.org">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    ['<a href="https://example.org" target="_top" popup="width=1">x</a>', '<a href="https://example.org">x</a>'],
    ['<b onclick="alert(1)" style="cursor:url(https://example.org)">x</b>', '<b>x</b>'],
    ['<span style="fill:url(https://example.org/x)">x</span>', '<span>x</span>'],
    ['<span style="color:red;cursor:url(https://example.org)">x</span>', '<span style="color:red">x</span>'],
    ['<script>alert(1)</script>', '&lt;script>alert(1)&lt;/script>'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)>'],
    ['3 < 5', '3 &lt; 5'],
    ['<b', '&lt;b'],
    ['<<b>', '&lt;<b>'],
    ['<%{customdata}>', '&lt;%{customdata}>'],
  ])('disarms %s', (text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it('leaves only the allowed tags after "<", for any text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      'b',
      'span',
      ' ',
      '\t',
      '"',
      "'",
      'href=',
      'style=',
      'javascript:',
      'url(',
      '&#60;',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const rest = cleanText(pieces.join(''))
          .replace(/<\/?(?:b|a|span)>/g, '')
          .replace(/<a href="(?:https?:\/\/|mailto:)[^"<>]*">/g, '')
        expect(rest).not.toContain('<')
      }),
    )
  })

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text))
      }),
    )
  })
})

it('plainText removes the tags', () => {
  expect(plainText('<b>BTC</b> heatmap<br><sub>a  &lt;b&gt; &amp; c</sub>')).toBe('BTC heatmap a <b> & c')
})
