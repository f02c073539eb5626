import { importSecret, isAnswer } from '../handlers/caller/signature.ts'
import { UsageError } from './exit-code.ts'
import { ProblemAnswer } from './problem-answer.ts'
import { signedCall } from './signed-call.ts'

/** Calls the service as a hub does: with signed webhooks, whose answers are signed as well. */
export type HubClient = {
  call: (verb: string, data: unknown, signal: AbortSignal) => Promise<unknown>
  /** The events of a start as they come, with name and data. */
  follow: (data: unknown, signal: AbortSignal) => AsyncGenerator<{ event: string; data: unknown }>
}

/** Makes a client for the service at `url`. It signs with `secret` (`whsec_...`). */
export const createHubClient = async (url: string, secret: string): Promise<HubClient> => {
  const key = importSecret(secret)
  if (!key) throw new UsageError('the secret must be whsec_ and 24 to 64 bytes in base64')

  const post = async (verb: string, data: unknown, accept: string, signal: AbortSignal) => {
    const { id, body, headers: signed } = signedCall(key, verb, data)
    const headers = { ...signed, accept }
    const response = await fetch(`${url}/${verb}`, { method: 'POST', headers, body, signal })
    const open = (headers: Headers, answer: string): unknown => {
      if (isAnswer(key, { id, body }, { headers, body: answer })) return JSON.parse(answer)
      throw new ProblemAnswer({
        code: 'unsigned',
        detail: 'the answer was not signed with this secret',
      })
    }
    return { response, open }
  }

  return {
    call: async (verb, data, signal) => {
      const { response, open } = await post(verb, data, 'application/json', signal)
      const answer = open(response.headers, await response.text())
      if (!response.ok) throw new ProblemAnswer(answer)
      return answer
    },
    follow: async function* (data, signal) {
      const { response, open } = await post('start', data, 'text/event-stream', signal)
      if (!response.ok || !response.body)
        throw new ProblemAnswer(open(response.headers, await response.text()))
      for await (const { event, data, ...fields } of readEvents(response.body))
        if (event && data) yield { event, data: open(new Headers(fields), data) }
    },
  }
}

/** The fields of each event, by name. */
async function* readEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Record<string, string>> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks)
      yield Object.fromEntries(
        [...block.matchAll(/^([a-z-]+): (.*)$/gm)].map(([, name, text]) => [name, text]),
      )
  }
}
