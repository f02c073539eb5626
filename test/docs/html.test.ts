import { expect, test } from 'vitest'
import { colouredJson, paragraphs, prose } from '../../docs/write/html.ts'
import { html } from '../../handlers/status/html.ts'

test('text that is filled into HTML is escaped, unless it is HTML itself', () => {
  const inner = html`<b>${'<&"\'>'}</b>`
  expect(html`<p>${inner} ${1} ${undefined}${['<', inner]}</p>`.html).toBe(
    '<p><b>&lt;&amp;&quot;&#39;&gt;</b> 1 &lt;<b>&lt;&amp;&quot;&#39;&gt;</b></p>',
  )
})

test('text between backticks is code in HTML', () => {
  expect(html`${prose('send `{"a": 1}` & wait')}`.html).toBe(
    'send <code>{&quot;a&quot;: 1}</code> &amp; wait',
  )
})

test('an empty line separates paragraphs in HTML', () => {
  expect(html`${paragraphs('one\n\ntwo')}`.html).toBe('<p>one</p>\n<p>two</p>\n')
})

test('JSON is coloured in HTML, and says the same', () => {
  const json = JSON.stringify({ 'a<': 'b: "c", 1', n: [-1.5e3, true, null] }, null, 2)
  const coloured = html`${colouredJson(json)}`.html
  expect(coloured).toContain('<i class="k">&quot;a&lt;&quot;</i>: <i class="s">')
  expect(coloured).toContain('<i class="n">-1500</i>')
  expect(coloured).toContain('<i class="w">null</i>')
  const text = coloured
    .replace(/<\/?i[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
  expect(text).toBe(json)
})
