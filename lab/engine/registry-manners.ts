import { type IncomingHttpHeaders, type RequestListener, request as send } from 'node:http'

/**
 * Passes requests on to a registry, and its answers back, with headers that `change` changes. While the registry is not
 * there, connections break.
 */
export const passTo =
  (address: string, change: ChangeHeaders = (headers) => headers): RequestListener =>
  (request, response) => {
    const { method, url, headers } = request
    const onward = send(`http://${address}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, change(answer.headers))
      answer.pipe(response)
    })
    onward.on('error', () => request.socket.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

type ChangeHeaders = (headers: IncomingHttpHeaders) => IncomingHttpHeaders

/** As `passTo`, and every manifest is said to have this digest. */
export const lieAboutDigests = (address: string, digest: string): RequestListener =>
  passTo(address, (headers) =>
    headers['docker-content-digest'] ? { ...headers, 'docker-content-digest': digest } : headers,
  )

/** Answers as `manner` does, but layers come `ms` milliseconds late: as an image does that takes long to download. */
export const withSlowLayers =
  (manner: RequestListener, ms: number): RequestListener =>
  (request, response) => {
    const isLayer = request.method === 'GET' && request.url?.includes('/blobs/')
    if (isLayer) setTimeout(() => manner(request, response), ms)
    else manner(request, response)
  }

/** Accepts requests, and never answers. */
export const hang: RequestListener = (request) => {
  request.resume()
}

/** Sends everybody to the same path somewhere else, such as `https://login.example`. */
export const redirectTo =
  (base: string): RequestListener =>
  ({ url }, response) => {
    response.writeHead(307, { location: `${base}${url}` }).end()
  }

/** Answers as a web server that is no registry: a page, with a status of success. */
export const html: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<!doctype html><title>Welcome</title><h1>It works!</h1>')
}

/** Answers as a proxy whose registry is away. */
export const badGateway: RequestListener = (_, response) => {
  response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>')
}
