import * as v from 'valibot'
import { importSecret, signCall } from '../handlers/signature.ts'
import { UsageError } from './exit-code.ts'

/** Calls the service as a hub does: signed webhooks. */
export type HubClient = {
  call: (verb: string, data: unknown, signal: AbortSignal) => Promise<unknown>
  /** The events of a start as they come: their names and data. */
  follow: (data: unknown, signal: AbortSignal) => AsyncGenerator<{ event: string; data: unknown }>
}

/** Makes a client of the service at `url`, which signs with `secret` (`whsec_...`). */
export const createHubClient = async (url: string, secret: string): Promise<HubClient> => {
  const key = importSecret(secret)
  if (!key) throw new UsageError('the secret must be whsec_ and 24 to 64 bytes in base64')

  const post = async (verb: string, data: unknown, accept: string, signal: AbortSignal) => {
    const sent = { type: `spawner.${verb}`, timestamp: new Date().toISOString(), data }
    const body = JSON.stringify(sent)
    const timestamp = Math.floor(Date.now() / 1000)
    const signed = signCall(key, { id: `msg_${crypto.randomUUID()}`, timestamp, body })
    const headers = { ...signed, accept, 'content-type': 'application/json' }
    return fetch(`${url}/${verb}`, { method: 'POST', headers, body, signal })
  }

  return {
    call: async (verb, data, signal) =>
      readAnswer(await post(verb, data, 'application/json', signal)),
    follow: async function* (data, signal) {
      const response = await post('start', data, 'text/event-stream', signal)
      if (!response.ok || !response.body) throw new ProblemAnswer(await response.json())
      yield* readEvents(response.body)
    },
  }
}

/** An answer of the service that is a problem; the message is what people should read. */
export class ProblemAnswer extends Error {
  override readonly name = 'ProblemAnswer'

  constructor(body: unknown) {
    const problem = v.safeParse(v.object({ code: v.string(), detail: v.string() }), body)
    super(
      problem.success ? `${problem.output.code}: ${problem.output.detail}` : 'an unknown problem',
    )
  }
}

const readAnswer = async (response: Response): Promise<unknown> => {
  const body: unknown = await response.json()
  if (!response.ok) throw new ProblemAnswer(body)
  return body
}

async function* readEvents(body: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = /^event: (.+)$/m.exec(block)?.[1]
      const data = /^data: (.+)$/m.exec(block)?.[1]
      if (event && data) yield { event, data: parse(data) }
    }
  }
}

const parse = (text: string): unknown => JSON.parse(text)
