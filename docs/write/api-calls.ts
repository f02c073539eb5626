/** What a reader of the documentation needs to know of a call, beside its fields. */
export type CallWords = {
  operationId: string
  tag: 'Servers' | 'The service'
  summary: string
  /** A paragraph each. */
  about: readonly string[]
  /** What a 200 has in it. */
  answer: string
  /** Its schema: components, one of which it is; of a page it is a text. */
  components: readonly string[]
}

/** By path; a route without is an error of `npm run docs`. */
export const CALLS: Readonly<Record<string, CallWords>> = {
  '/start': {
    operationId: 'startServer',
    tag: 'Servers',
    summary: 'Starts a server',
    about: [
      'Creates the Swarm service of a server and waits until it runs, has ended, or `wait_s` is over.',
      "It may be sent again: with the same `spawn_id` it reports on the server that it has made. A start with a later `issued_at` replaces the service of an older one, and waits until its container is gone; an older one is refused as `superseded`. A service of the same name that is not this hub's is never touched.",
      'A caller who goes away while the service waits has what was made removed. To leave it alone, send `wait_s: 0` and ask `/poll`.',
      'With `Accept: text/event-stream`, the answer is a stream: an event `state` at each change, and at the end `ready`, `failed` or `problem`.',
    ],
    answer:
      'The state of the server. One that could not start is `failed`, with the reason: that is an answer, and no problem.',
    components: ['ServerState'],
  },
  '/poll': {
    operationId: 'pollServers',
    tag: 'Servers',
    summary: 'Says how servers are',
    about: [
      'One server with `server`, up to 1000 with `servers`; a single call of the Engine answers for all of them.',
      'A server that has ended is removed when that is told; its exit code and last lines are said this once.',
      'With `cursor` and `wait_s` the answer comes as soon as something has changed.',
    ],
    answer: 'The state of the server, or `{servers, cursor}` for many.',
    components: ['ServerState', 'PolledStates'],
  },
  '/stop': {
    operationId: 'stopServer',
    tag: 'Servers',
    summary: 'Stops a server',
    about: [
      'Removes the service of a server and waits for its container to be gone. It may be sent again: where there is nothing, the answer is the same.',
      'Without `spawn_id`, a server that was started after the call was signed is not meant by it, and the call is refused as `superseded`.',
    ],
    answer:
      'The state `absent`. Where it has a `reason`, the node has not confirmed the end yet, or a newer server has the name.',
    components: ['ServerState'],
  },
  '/forget': {
    operationId: 'forgetServers',
    tag: 'Servers',
    summary: 'Removes what is left of a deleted server or user',
    about: [
      'For a hub that has deleted a server, or a user: removes its services, under whatever `service_prefix` they were started. Volumes stay, for they are data.',
      'What was started after the call was signed is of a newer user of that name, and stays.',
    ],
    answer: 'What was removed, and what could not be.',
    components: ['ForgetResult'],
  },
  '/explain': {
    operationId: 'explainStart',
    tag: 'Servers',
    summary: 'Says what a start would do',
    about: [
      'Takes what `/start` takes, and creates nothing: the exact spec of the service, the setting that each value came from, and what the policy says of it.',
      'What the policy refuses is not an error here, but told in `policy`.',
      'It works without an Engine too; a warning says that it was not asked.',
    ],
    answer: 'The explanation.',
    components: ['Explanation'],
  },
  '/health': {
    operationId: 'health',
    tag: 'The service',
    summary: 'Says that this process is alive',
    about: ['Says nothing of the Engine: a process is not to be restarted because that is away.'],
    answer: 'It is.',
    components: ['Health'],
  },
  '/ready': {
    operationId: 'ready',
    tag: 'The service',
    summary: 'Says whether servers can be started',
    about: [
      'Asks the Engine, which has to manage a swarm. Where it does not, the problem says what it is instead.',
    ],
    answer: 'They can.',
    components: ['Ready'],
  },
  '/openapi.json': {
    operationId: 'openApiDocument',
    tag: 'The service',
    summary: 'This document',
    about: ['OpenAPI 3.1, made of the schemas that the service checks calls with.'],
    answer: 'The document.',
    components: ['Document'],
  },
  '/docs': {
    operationId: 'docsPage',
    tag: 'The service',
    summary: 'This document as a page',
    about: ['HTML without scripts, and without anything from elsewhere.'],
    answer: 'The page.',
    components: [],
  },
}
