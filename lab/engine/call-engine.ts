import { request } from 'node:http'

/** One HTTP request of the lab. The path has its own API version, or none. */
export interface EngineCall {
  method: string
  path: string
  headers?: Record<string, string>
  /** A Buffer is sent as it is, anything else as JSON. */
  body?: unknown
}

export interface EngineAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/**
 * Sends one request over a unix socket and returns the answer, whatever its status. Rejects only when no answer
 * came. It shares no code with src/docker, so a fault there cannot hide itself.
 */
export function callEngine(socketPath: string, call: EngineCall): Promise<EngineAnswer> {
  const body = encode(call.body)
  const headers = {
    Host: 'docker',
    Connection: 'close',
    ...(body && { 'Content-Length': String(body.length), 'Content-Type': contentType(call.body) }),
    ...call.headers,
  }
  return new Promise((resolve, reject) => {
    const { method, path } = call
    const sent = request({ socketPath, method, path, headers, timeout: 60_000 }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
        )
        resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in 60 s`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

/**
 * `callEngine` that parses the body, and throws an Error with the Engine's words for a status of 400 or more.
 */
export async function askEngine(socketPath: string, call: EngineCall): Promise<unknown> {
  const { status, body } = await callEngine(socketPath, call)
  if (status >= 400) throw new Error(`${call.method} ${call.path}: ${status} ${body}`)
  const text = body.toString()
  return text === '' ? undefined : JSON.parse(text)
}

function encode(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body
  return Buffer.from(JSON.stringify(body))
}

function contentType(body: unknown): string {
  return Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json'
}
