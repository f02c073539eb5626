import * as v from 'valibot'
import { brokenOff } from './body.ts'
import type { Docker } from './docker.ts'
import { DockerError } from './errors.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { type CallOptions, requestStream } from './request.ts'

/**
 * Something that happened to a service, node, network, secret, config or local container. The Engine has no
 * events for tasks.
 */
export const EngineEvent = v.object({
  Type: v.string(),
  Action: v.string(),
  Actor: v.object({ ID: v.string(), Attributes: v.record(v.string(), v.string()) }),
  scope: v.optional(v.string()),
  timeNano: v.number(),
})
export type EngineEvent = v.InferOutput<typeof EngineEvent>

/** 1 MiB is far more than any event has. A longer line would fill the memory. */
const MAX_LINE_LENGTH = 1024 * 1024

/**
 * `GET /events`: yields events until `signal` aborts, the Engine closes the connection, or `until` (Unix
 * seconds) is reached.
 */
export async function* watchEvents(
  docker: Docker,
  {
    filters,
    since,
    until,
    ...options
  }: CallOptions & {
    filters?: Filters
    since?: string
    until?: string
  } = {},
): AsyncGenerator<EngineEvent> {
  const response = await requestStream(docker, {
    ...options,
    method: 'GET',
    path: '/events',
    query: { filters: encodeFilters(filters), since, until },
  })
  try {
    for await (const line of splitLines(response.body)) yield parseEvent(line)
  } catch (cause) {
    throw cause instanceof DockerError ? cause : brokenOff('GET /events', options.signal, cause)
  }
}

async function* splitLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    // Only the new text is searched for line feeds. A body that comes byte by byte would otherwise be searched
    // again for each byte.
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n')
    const lines = [rest + first, ...more]
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH)
      throw new DockerError('answer_too_large', 'GET /events: an event has no end')
    yield* lines.filter((line) => line.trim() !== '')
  }
}

const parseEvent = (line: string): EngineEvent => {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), EngineEvent), line)
  if (result.success) return result.output
  throw new DockerError('unexpected_answer', 'GET /events: a line is not an event')
}
