/** A Markdown table with one row for each thing. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row).join('\n')

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')

/** A text as code. */
export const code = (text: string): string => `\`${text}\``

/** Makes a page from its parts, with a line that says who writes it. */
export const page = (title: string, about: string, parts: readonly string[]): string =>
  [`# ${title}`, about, '`npm run docs` writes this page.', ...parts, ''].join('\n\n').trimEnd() +
  '\n'
