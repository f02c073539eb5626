import { expect, test } from 'vitest'
import { readIndex } from '../../../docs/site/read-index.ts'
import { readMarkdown } from '../../../docs/site/read-markdown.ts'
import { sitePath } from '../../../docs/site/site-path.ts'

const read = (text: string, file = 'docs/a.md') =>
  readMarkdown(file, text, (target) => target === 'src')
const htmlOf = (text: string, file?: string) => read(text, file).sections[0]?.html

test('docs/ is the top of the site, and docs/README.md its first page', () => {
  expect(
    ['docs/README.md', 'docs/api/a.md', 'hub/README.md', 'deploy/a.yml'].map(sitePath),
  ).toEqual(['index.html', 'api/a.html', 'project/hub/README.html', 'project/deploy/a.yml'])
})

test('a link leads to the page of its file, with its anchor', () => {
  const page = read(
    '# A\n[b](b.md#c) [r](README.md) [h](../hub/README.md) [s](#a) [x](https://x.org/a.md)\n',
  )
  expect(page.sections[0]?.html).toBe(
    '<p><a href="b.html#c">b</a> <a href="index.html">r</a> <a href="project/hub/README.html">h</a> ' +
      '<a href="#a">s</a> <a href="https://x.org/a.md">x</a></p>\n',
  )
  expect(page.linked).toEqual(['docs/b.md', 'docs/README.md', 'hub/README.md'])
})

test('images lead to their files, in Markdown and in HTML', () => {
  expect(htmlOf('# A\n![p](pictures/p.svg)\n')).toContain('<img src="pictures/p.svg" alt="p">')
  expect(htmlOf('# A\n<img src="docs/p.svg" alt="p">\n', 'README.md')).toContain('src="../p.svg"')
})

test('a link to a directory is text, because a site has none', () => {
  expect(htmlOf('# A\nIn [src](../src).\n')).toBe('<p>In src.</p>\n')
})

test('placeholders and tags in code are shown as they are written', () => {
  expect(htmlOf('# A\n`{{.Service.Name}}` `<b>`\n')).toBe(
    '<p><code>{{.Service.Name}}</code> <code>&lt;b&gt;</code></p>\n',
  )
})

test('a heading is plain words, and one that comes twice has a number', () => {
  const page = read('# The `a_b`, and [c](d.md)\n## Twice\n## Twice\n')
  expect(page.sections.map(({ heading, anchor }) => [heading, anchor])).toEqual([
    ['The a_b, and c', 'the-a_b-and-c'],
    ['Twice', 'twice'],
    ['Twice', 'twice-1'],
  ])
})

test('the index is lines in bold, and lists whose items begin with a link', () => {
  const text =
    '**One**\n\n- [a](a.md): and [b](b.md)\n\nno [c](c.md)\n\n**Two**\n\n- [d](../d.md)\n'
  expect(readIndex('docs/README.md', text)).toEqual([
    { title: 'One', files: ['docs/a.md'] },
    { title: 'Two', files: ['d.md'] },
  ])
})
