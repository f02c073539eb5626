import { request } from 'node:http'

/** A page that was arrived at, after all redirects. */
type Page = { status: number; url: string; text: string }

type Answer = { status: number; location: string | undefined; cookies: string[]; text: string }

/**
 * Visits a site as a browser does: keeps its cookies and follows redirects. Not by fetch, which says that its requests
 * are no navigation, so that JupyterHub has no cookies for it.
 */
export const httpVisitor = (origin: string) => {
  /** By name; the paths that cookies are for don't matter where each name is used once. */
  const cookies = new Map<string, string>()

  const visit = async (path: string, form?: Record<string, string>): Promise<Page> => {
    const url = new URL(path, origin)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(url, cookie, form)
    for (const text of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      cookies.set(name, value)
    }
    const { status, location, text } = answer
    return location === undefined
      ? { status, url: url.href, text }
      : visit(new URL(location, url).href)
  }
  return {
    visit,
    /** Answers the page after JupyterHub's login form. */
    logIn: async (username: string, password: string): Promise<Page> => {
      const { url } = await visit('/hub/login')
      return visit(url, { username, password, _xsrf: cookies.get('_xsrf') ?? '' })
    },
  }
}

const send = (url: URL, cookie: string, form?: Record<string, string>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      // JupyterHub 3.0 answers 500 without it.
      Accept: 'text/html',
      'Sec-Fetch-Mode': 'navigate',
      Cookie: cookie,
      ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    }
    const sent = request(url, { method: form ? 'POST' : 'GET', headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const { location, 'set-cookie': cookies = [] } = answer.headers
        resolve({ status: answer.statusCode ?? 0, location, cookies, text })
      })
    })
    sent.on('error', reject)
    sent.end(form && new URLSearchParams(form).toString())
  })
