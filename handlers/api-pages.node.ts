import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { RequestError } from './errors.ts'
import { page, type Route } from './route.ts'

/** A page of docs/api/, which `npm run docs` writes. workerd serves the same files as assets. */
type ApiPage = { path: `/${string}`; file: string; headers: Readonly<Record<string, string>> }

const CAREFUL = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** The documents that describe the API. They have no scripts, and their headers tell the browser so. */
export const API_PAGES: readonly ApiPage[] = [
  {
    path: '/openapi.json',
    file: 'openapi.json',
    headers: { 'content-type': 'application/json', ...CAREFUL },
  },
  {
    path: '/docs',
    file: 'docs.html',
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ...CAREFUL,
    },
  },
]

/** `GET /openapi.json` and `GET /docs`: serves a file, which is read at the first request. */
const servePage = ({ path, file, headers }: ApiPage): Route =>
  page(path, () => {
    let bytes: Uint8Array<ArrayBuffer> | undefined
    return async (c) => {
      // All answers share the same bytes, also those that slow callers have not read yet.
      bytes ??= await readPage(path, file)
      return c.body(bytes, 200, headers)
    }
  })

/**
 * Reads a page. docs/ is next to handlers/ and next to dist/, so one relative path works for the sources and
 * the bundle.
 */
const readPage = async (path: string, file: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await readFile(new URL(`../docs/api/${file}`, import.meta.url)))
  } catch (error) {
    if (!v.is(v.object({ code: v.literal('ENOENT') }), error)) throw error
    throw new RequestError('no_such_route', `${path} is not part of this installation`)
  }
}

/** The routes of the documents, for the app on Node.js. */
export const apiPageRoutes: readonly Route[] = API_PAGES.map(servePage)
