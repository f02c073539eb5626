import type { Schema } from './json-schema.ts'

/** What the documentation says about a call, besides its fields. */
export type CallWords = {
  operationId: string
  tag: 'Servers' | 'People and tools' | 'Registries' | 'The service'
  summary: string
  /** Each text is a paragraph. */
  about: readonly string[]
  /** The content of an answer with status 200. */
  answer: string
  /** The components that the answer may be. A page has none; it is a text. */
  components: readonly string[]
  /** The meaning of each parameter of a page for people and tools. */
  parameters?: Readonly<Record<string, string>>
  /** The content type of the answer, if it is not JSON. */
  mediaType?: string
  /** The answer to `Accept: text/event-stream`. */
  stream?: { schema: Schema; examples: Record<string, { value: string }> }
}

const serviceName =
  "The name of the server's Swarm service. A function that is deployed alone takes it from the query."

/** The words for each path. `npm run docs` fails for a route without words. */
export const CALLS: Readonly<Record<string, CallWords>> = {
  '/start': {
    operationId: 'startServer',
    tag: 'Servers',
    summary: 'Starts a server',
    about: [
      'Creates the Swarm service of a server and waits until it runs, has ended, or `wait_s` is over.',
      "You may send a start again: with the same `spawn_id` it reports on the server that it made. A start with a later `issued_at` replaces the service of an older start, and waits until the old container is gone. An older start is refused as `superseded`. The service never touches a Swarm service of the same name that is not this hub's.",
      'If the caller goes away while the service waits, the service removes what it made. To keep it, send `wait_s: 0` and ask `/poll` afterwards.',
      'With `Accept: text/event-stream`, the answer is a stream: an event `state` at each change, and at the end `ready`, `failed` or `problem`.',
    ],
    answer:
      'The state of the server. If the server could not start, the state is `failed`, with the reason. That is a 200, and not a problem.',
    components: ['ServerState'],
  },
  '/poll': {
    operationId: 'pollServers',
    tag: 'Servers',
    summary: 'Tells the states of servers',
    about: [
      'Send one server as `server`, or up to 1000 as `servers`. One call to the Engine is enough for all of them.',
      'When a poll reports that a server has ended, the service removes it. So only this answer has the exit code and the last lines.',
      'With `cursor` and `wait_s`, the answer comes as soon as something changes.',
    ],
    answer: 'The state of the server, or `{servers, cursor}` for many.',
    components: ['ServerState', 'PolledStates'],
  },
  '/stop': {
    operationId: 'stopServer',
    tag: 'Servers',
    summary: 'Stops a server',
    about: [
      'Removes the service of a server and waits until its container is gone. You may send it again: if there is nothing, the answer is the same.',
      'A stop without `spawn_id` does not touch a server that was started after the call was signed. It is then refused as `superseded`.',
    ],
    answer:
      'The state `absent`. If it has a `reason`, the node has not confirmed the end yet, or a newer server has the name.',
    components: ['ServerState'],
  },
  '/forget': {
    operationId: 'forgetServers',
    tag: 'Servers',
    summary: 'Removes what is left of a deleted server or user',
    about: [
      'For a hub that has deleted a server or a user. It removes their services, whatever their `service_prefix` was. Volumes stay, because they hold data.',
      'A server that was started after the call was signed belongs to a newer user of that name, and stays.',
    ],
    answer: 'What was removed, and what could not be.',
    components: ['ForgetResult'],
  },
  '/explain': {
    operationId: 'explainStart',
    tag: 'Servers',
    summary: 'Says what a start would do',
    about: [
      'Takes the same data as `/start`, and creates nothing. It shows the exact spec of the service, the setting that each value came from, and what the policy says of the value.',
      'A refusal of the policy is not an error here: the field `policy` has it.',
      '`fits` says whether the nodes have room now, by the same tests with which a start gives up. The service waits for this at most half a second.',
      'For many starts, such as the choices of a form, send `requests`. Their answers are short, and cost the Engine one look at its nodes and tasks together.',
      'It also works without an Engine. A warning then says that the Engine was not asked.',
    ],
    answer: 'The explanation, or `{explanations}` for many.',
    components: ['Explanation', 'Explanations'],
  },
  '/': {
    operationId: 'statusPage',
    tag: 'People and tools',
    summary: 'The status page for people',
    about: [
      'Nodes with their room, servers and why they do not run, what failed lately, and what is due: HTML without scripts. It costs the Engine two calls, however many servers there are; calls within a second share them.',
      'Without the token, the page asks for it. Its form is a POST to the same path, and sets a cookie for one hour, which opens only this page. Errors are problems, unless the caller accepts `text/html`.',
      'If the Engine cannot be asked, the page has status 503, and says why and what to do.',
    ],
    answer: 'The page, or the form that asks for the token.',
    components: [],
    mediaType: 'text/html',
    parameters: {
      hub: 'Only the servers of this hub. Empty: all; so for the others.',
      user: 'Only the servers of this user.',
      state: 'Only servers in this state.',
      node: 'Only servers on the node with this host name.',
      page: 'Which page of a hundred servers.',
    },
  },
  '/servers': {
    operationId: 'listServers',
    tag: 'People and tools',
    summary: 'Lists servers of all hubs',
    about: [
      'Changes nothing: the service of a server that has ended stays, and its hub is still told of the end.',
      'The states are those that `/poll` and `swarmspawner ls` tell. A page costs the Engine one call for the services, and one for every 200 servers.',
      'An unknown parameter is refused.',
    ],
    answer: 'One page of servers, in the order of their service names.',
    components: ['ServersPage'],
    parameters: {
      hub: 'Only the servers of this hub.',
      user: 'Only the servers of this user.',
      state: 'Only servers in this state.',
      node: 'Only servers on the node with this host name.',
      limit: 'The most servers of one page, up to 1000.',
      after: 'The `next` of the page before.',
    },
  },
  '/servers/:service_name': {
    operationId: 'showServer',
    tag: 'People and tools',
    summary: 'Shows one server',
    about: [
      'Says what a poll would say, with the reason, the advice and, of a server that has ended, the last lines of its log. It changes nothing.',
    ],
    answer: 'The server.',
    components: ['ListedServer'],
    parameters: { service_name: serviceName },
  },
  '/servers/:service_name/logs': {
    operationId: 'serverLogs',
    tag: 'People and tools',
    summary: 'Reads the log of a server',
    about: [
      'Answers the last lines that the server wrote. The service waits at most 10 s for the nodes; `complete` says whether all of them answered.',
      'With `Accept: text/event-stream`, the answer is a stream: an event `line` for each line, also for what the server writes from now on. It ends with `end` when the Engine ends the log, when the service stops, or after an hour; or with `problem`. At most 16 callers may follow at once.',
      'A line has at most 4096 characters. The values of variables whose names say that they are secrets are replaced by `[redacted]`.',
    ],
    answer: 'The last lines.',
    components: ['ServerLogs'],
    parameters: {
      service_name: serviceName,
      tail: 'How many lines from the end, up to 1000.',
    },
    stream: {
      schema: {
        type: 'string',
        description:
          'The event `line` has a `ServerLogLine` as data, `problem` a `Problem`, and `end` an empty object.',
      },
      examples: {
        lines: {
          value:
            'event: line\ndata: {"stream":"stderr","text":"Serving notebooks"}\n\nevent: end\ndata: {}\n\n',
        },
      },
    },
  },
  '/image-pushed/:token': {
    operationId: 'imagePushed',
    tag: 'Registries',
    summary: 'Announces pushed images',
    about: [
      'For the webhooks of registries: Docker Hub, CNCF distribution, Harbor, Quay, GitHub, Azure Container Registry. The service recognizes them by their headers and bodies. docs/images.md of the project says how to set each up.',
      'Images that are due for the hub of the token, or that the policy lists, are pulled ahead on the nodes after the answer. Everything else is ignored, and answered as well. The service asks the registry itself which digest a tag has, and never calls an address of an event.',
      'An event of GitHub may be signed with the token (`X-Hub-Signature-256`). A wrong signature is refused.',
    ],
    answer: 'How many events were accepted. The others are ignored; they need not be sent again.',
    components: ['ImagesPushed'],
  },
  '/pull': {
    operationId: 'pullImages',
    tag: 'Servers',
    summary: 'Has images downloaded before they are needed',
    about: [
      'Makes every node that would run these images download them: a Swarm job for each image and set of constraints, which runs nothing of the image. The images stay due, so that nodes which join or come back later download them, too.',
      'Send `images` by their names, or `config` and `profiles` as starts have them. They are read and judged as those of a start, so a hub can have nothing pulled that its servers could not run. One that is refused does not spoil the others.',
      'You may send it again: nodes that have an image ask no registry, and nodes where a download failed try again. With `is_all`, images that the hub has asked for before and does not name any more are no longer due; they stay on the nodes.',
      'With `wait_s`, the answer comes when all nodes have the images or have failed, or when the time is over.',
    ],
    answer: 'What the nodes say of each image.',
    components: ['PullResult'],
  },
  '/metrics': {
    operationId: 'metrics',
    tag: 'People and tools',
    summary: 'Metrics for Prometheus',
    about: [
      'Counters and histograms are of this copy of the service, since its start. Gauges of servers and nodes are of the swarm, and the same in each copy. On workerd there are only gauges, because each request is a process of its own there.',
      'A call costs the Engine two calls, however many servers there are; calls within a second share them. No label has the name of a user.',
      'It also takes the token `SWARMSPAWNER_METRICS_TOKEN`, which opens nothing else.',
    ],
    answer: 'OpenMetrics 1.0. If the Engine cannot be asked, `swarmspawner_engine_up` is 0.',
    components: [],
    mediaType: 'application/openmetrics-text',
  },
  '/health': {
    operationId: 'health',
    tag: 'The service',
    summary: 'Says that this process is alive',
    about: [
      'Says nothing of the Engine: if the Engine is away, a restart of this process does not help.',
    ],
    answer: 'The process is alive.',
    components: ['Health'],
  },
  '/ready': {
    operationId: 'ready',
    tag: 'The service',
    summary: 'Says whether servers can be started',
    about: ['Asks whether the Engine answers and manages a swarm. If not, the problem says why.'],
    answer: 'Servers can be started.',
    components: ['Ready'],
  },
  '/openapi.json': {
    operationId: 'openApiDocument',
    tag: 'The service',
    summary: 'This document',
    about: ['OpenAPI 3.1, made from the schemas with which the service checks calls.'],
    answer: 'The document.',
    components: ['Document'],
  },
  '/docs': {
    operationId: 'docsPage',
    tag: 'The service',
    summary: 'This document as a page',
    about: ['HTML without scripts. It loads nothing from other servers.'],
    answer: 'The page.',
    components: [],
  },
}
