import { PROBLEMS, sentenceOfChoice } from '../../handlers/errors.ts'
import { REFUSED, UNREACHABLE, UNREADABLE } from '../../src/docker/errors.ts'
import type { HubApiErrorCode } from '../../src/hub-api/errors.ts'
import { SPAWN_ERRORS } from '../../src/spawner/errors.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { PROBLEM_WORDS } from './api-problem-words.ts'
import { code, page, table } from './markdown.ts'
import { PROBLEM_REMEDIES } from './problem-remedies.ts'

const STATES = {
  absent: ['0', 'There is no service of this server: it was stopped, or never started.'],
  starting: [
    'null',
    'There is a service; its container does not run yet, or Swarm is about to start it again.',
  ],
  running: ['null', 'The process was started, and has passed its health check if it has one.'],
  exited: ['0', 'The process has ended without an error, or somebody has scaled its service to 0.'],
  failed: [
    'its exit code; 1 if it has none',
    'The process has ended with an error, or could not be started. `reason`, `advice` and `log` say more.',
  ],
  stopping: ['null', 'Swarm stops the container: somebody stopped the server, or its node leaves.'],
} as const satisfies Record<ServerState['state'], readonly [status: string, meaning: string]>

const HUB_API_ERRORS = {
  unreachable: [
    'Nobody answers there, or not in time, or the answer is a 5xx.',
    'Check `SWARMSPAWNER_HUB_API`, and that the hub runs.',
  ],
  unauthorized: ['The hub does not accept the token.', 'Check `SWARMSPAWNER_HUB_API_TOKEN`.'],
  missing_scopes: [
    'The hub accepts the token, but the token does not show everything.',
    'Give its role the scopes `list:users` and `read:servers`.',
  ],
  unexpected_answer: [
    "The answer does not come from a hub's REST API, or a part of it is missing.",
    'The address must end in `/hub/api`. Look for a proxy between service and hub.',
  ],
} as const satisfies Record<HubApiErrorCode, readonly [when: string, remedy: string]>

/** The codes of the hub's class, in addition to those of the service. */
export const SPAWN_FAILURES: Readonly<Record<string, readonly [when: string, remedy: string]>> = {
  failed: [
    'The server ended during its start.',
    "The hub's log has the Engine's reason, the advice and the last lines.",
  ],
  timeout: [
    'The server did not run within `start_timeout`.',
    'The sentence says how far the start came. If an image takes long to download, raise `start_timeout`.',
  ],
  port: [
    'The server runs, but nothing answers at its port within `http_timeout`.',
    'Check that hub and server share a network, and where the server listens.',
  ],
  stopped: ['Somebody stopped the server during its start.', 'Nothing.'],
  config: [
    "The hub's configuration cannot be used. Nothing was sent.",
    'Correct the [setting](settings.md) that the sentence names.',
  ],
  not_swarmspawner: [
    'Another program answers at `service_url`, or it cannot be called.',
    'Check `service_url`, `service_ca`, `service_cert` and `service_key`.',
  ],
}

/** The exit codes of `swarmspawner`. */
export const EXIT_CODES: Readonly<Record<string, string>> = {
  0: 'Done.',
  1: 'It did not work: the server failed or is not there, a check failed, or the Engine refused.',
  2: 'Wrong usage, or a setting that cannot be used. The sentence names the option, the [variable](environment.md), the [setting](settings.md) or the file.',
  3: 'The Engine or a hub could not be asked. Try again.',
}

const engine = (codes: readonly string[]): string[] => codes.map((name) => `engine_${name}`)
const OF_THE_ENGINE = engine([...REFUSED, ...UNREACHABLE, ...UNREADABLE])
const LATER = new Set<string>([...SPAWN_ERRORS, ...OF_THE_ENGINE])

/** docs/reference/errors.md. */
export const errorsPage = (): string =>
  page(
    'Errors',
    'This page lists every error, and what an admin can do about it. [Faults](../faults.md) shows what a caller gets for each thing that can break.',
    [
      '## Problems',
      'A call that is not carried out is answered with a status of 400 or more and [problem details](https://www.rfc-editor.org/rfc/rfc9457): `code`, `title`, `status`, `detail` for the log, `user_message` for the user, and `retryable`. Some problems also have `issues` (each a field, and what is wrong with it), `reason` (the words of the Engine) and `advice`. If a problem is retryable, the same call may succeed later. The service then knows nothing of the server, and the hub keeps asking.',
      '### The call',
      problemTable((name) => !LATER.has(name)),
      '### The start or stop',
      'Nothing was created.',
      problemTable((name) => SPAWN_ERRORS.some((spawn) => spawn === name)),
      '### The Engine refuses',
      '`detail` has the words of the Engine.',
      problemTable((name) => engine(REFUSED).includes(name)),
      "### The Engine can't be asked",
      problemTable((name) => engine(UNREACHABLE).includes(name)),
      "### The Engine's answer can't be read",
      problemTable((name) => engine(UNREADABLE).includes(name)),
      '### What the user reads',
      'The `user_message` of each code. If the words of the Engine say more, the sentence does, too. If the user chose something that may be the cause, the sentence asks for another choice, and names the option.',
      userTable(),
      '## States of a server',
      'A call that is carried out is answered with the state of the server. `status` is what the `poll` of JupyterHub returns: null while there is something to stop. When a poll reports that a server has ended, the service removes it.',
      table(
        ['state', 'status', 'meaning'],
        Object.entries(STATES).map(([state, [status, meaning]]) => [code(state), status, meaning]),
      ),
      '## What the hub says of a start',
      "A start that fails raises `SpawnFailed`, with a sentence for the user. Its `code` is the code of the problem, or one of these. The hub's log also has the advice.",
      twoColumns(SPAWN_FAILURES),
      "## The hub's REST API",
      'The service, or `swarmspawner gc`, asks a hub which servers it has. After one of these errors, nothing is removed.',
      twoColumns(HUB_API_ERRORS),
      '## Exit codes',
      '`swarmspawner` and each of its commands end with:',
      table(['exit code', 'meaning'], Object.entries(EXIT_CODES)),
    ],
  )

type Meaning = {
  status: number
  title: string
  user: string
  chosen?: string
  retryable?: boolean
}

const meanings: [code: string, meaning: Meaning][] = Object.entries(PROBLEMS)
const words: Readonly<Record<string, string>> = PROBLEM_WORDS
const remedies: Readonly<Record<string, string>> = PROBLEM_REMEDIES

const problemTable = (isIn: (code: string) => boolean): string =>
  table(
    ['code', 'answer', 'retryable', 'when', 'what to do'],
    meanings
      .filter(([name]) => isIn(name))
      .map(([name, { status, title, retryable }]) => [
        code(name),
        `${status} ${title}`,
        retryable ? 'yes' : 'no',
        words[name] ?? '',
        remedies[name] ?? '',
      ]),
  )

const ofChoice = (chosen: string | undefined, name: string): [sentence: string, code: string][] =>
  chosen === undefined ? [] : [[sentenceOfChoice(chosen), name]]

const sentences = meanings.flatMap(
  ([name, { user, chosen }]): [sentence: string, code: string][] => [
    [user, name],
    ...ofChoice(chosen, name),
  ],
)

const userTable = (): string =>
  table(
    ['user_message', 'codes'],
    [...Map.groupBy(sentences, ([sentence]) => sentence)].map(([sentence, rows]) => [
      sentence,
      rows.map(([, name]) => code(name)).join(', '),
    ]),
  )

const twoColumns = (rows: Readonly<Record<string, readonly [string, string]>>): string =>
  table(
    ['code', 'when', 'what to do'],
    Object.entries(rows).map(([name, [when, remedy]]) => [code(name), when, remedy]),
  )
