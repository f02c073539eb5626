import { API_PAGES } from '../../handlers/api-pages.node.ts'

/** docs/api/_headers: the headers that Node.js sends with these files, for workerd, which serves them as assets. */
export const apiHeaders = (): string =>
  API_PAGES.map(({ path, headers }) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`), ''].join('\n'),
  ).join('\n')
