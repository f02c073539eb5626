import fc from 'fast-check'
import {
  bodyOf as bytesOf,
  type Fixture,
  fixtureNames,
  readFixture,
} from '../../fixtures/fixture.ts'
import { DockerError, UNREACHABLE } from '../../src/docker/errors.ts'
import type { EngineRequest, EngineResponse, EngineTransport } from '../../src/docker/transport.ts'
import { mutated } from './mutate.ts'
import { oddJson, oddText } from './odd-values.ts'

/** What an Engine may come up with: an answer, or none and why. */
export type Answer =
  | { kind: 'answer' | 'refusal' | 'nonsense'; status: number; body: string | Uint8Array }
  | { kind: 'nothing'; why: (typeof UNREACHABLE)[number] }

/** Which recorded answers are to which call. */
const RESOURCES = {
  tasks: /^task-list\./,
  task: /^task-inspect\./,
  services: /^service-list\./,
  service: /^service-inspect\./,
  create: /^service-create\./,
  remove: /^service-remove\./,
  logs: /^service-logs\./,
  nodes: /^node-list\./,
  info: /^info\./,
  other: /./,
}
type Resource = keyof typeof RESOURCES

/** What an Engine answers to one call, whichever that will be. */
type Turn = Record<Resource, Answer>

/** A call that was made, and what was answered. */
export type Exchange = { resource: Resource; answer: Answer }

/** Of the newest that has each kind of answer, and of the one before: the words of a pull are not the same. */
const fixtures = (['28.5', '29.7'] as const).flatMap((version) =>
  fixtureNames(version).map((name) => ({ name, ...readFixture(version, name) })),
)

/** Text, where it is text: what fails is printed. */
const bodyOf = (fixture: Fixture): string | Uint8Array =>
  fixture.response.base64 === undefined
    ? new TextDecoder().decode(bytesOf(fixture))
    : bytesOf(fixture)

const status = fc.constantFrom(400, 401, 403, 404, 409, 418, 429, 500, 501, 502, 503, 504, 599)

/** A recorded refusal, one that nobody has seen yet, or no answer at all. */
const refusal: fc.Arbitrary<Answer> = fc.oneof(
  fc
    .constantFrom(...fixtures.filter(({ response }) => response.status >= 400))
    .map((one) => ({ kind: 'refusal', status: one.response.status, body: bodyOf(one) }) as const),
  fc.record({
    kind: fc.constant('refusal' as const),
    status,
    body: fc.oneof(
      oddText,
      oddText.map((message) => JSON.stringify({ message })),
    ),
  }),
  fc.constantFrom(...UNREACHABLE).map((why) => ({ kind: 'nothing', why }) as const),
)

const nonsense: fc.Arbitrary<Answer> = fc.record({
  kind: fc.constant('nonsense'),
  status: fc.constantFrom(200, 201),
  body: fc.constantFrom('', '{', '<html>', '"text"', '[1]', '[{}]', '[{"ID":5}]', '\ud800', '12'),
})

/** A recorded answer, as it is or with something in it changed. */
const answerOf = (recorded: readonly Fixture[]): fc.Arbitrary<Answer> =>
  fc.constantFrom(...recorded.filter(({ response }) => response.status < 400)).chain((fixture) => {
    const { status, json } = fixture.response
    const bodies = [
      fc.constant(bodyOf(fixture)),
      mutated(fc.constant(json)).map((value) => JSON.stringify(value) ?? ''),
      oddJson.map((value) => JSON.stringify(value) ?? ''),
    ] as const
    const body =
      json === undefined ? bodies[0] : fc.oneof(...bodies.slice(0, 2), bodies[0], ...bodies)
    return fc.record({ kind: fc.constant('answer' as const), status: fc.constant(status), body })
  })

const good = (resource: Resource): fc.Arbitrary<Answer> =>
  answerOf(fixtures.filter(({ name }) => RESOURCES[resource].test(name)))

const turnOf = (answer: (resource: Resource) => fc.Arbitrary<Answer>): fc.Arbitrary<Turn> =>
  fc.record({
    ...{ tasks: answer('tasks'), task: answer('task'), services: answer('services') },
    ...{ service: answer('service'), create: answer('create'), remove: answer('remove') },
    ...{ logs: answer('logs'), nodes: answer('nodes'), info: answer('info') },
    other: answer('other'),
  })

const bad = fc.oneof(refusal, nonsense)
const mixed = (resource: Resource) =>
  fc.oneof({ arbitrary: good(resource), weight: 5 }, { arbitrary: bad, weight: 1 })

/** Answers of every kind, for a few calls; the last is for all after it. */
export const anyTurns = fc.array(turnOf(mixed), { minLength: 1, maxLength: 6 })

/** An Engine that only refuses, breaks off or talks nonsense. */
export const badTurns = fc.array(
  turnOf(() => bad),
  { minLength: 1, maxLength: 6 },
)

/** An Engine that answers each call in turn; what was asked and answered is written into `exchanges`. */
export const engineOf = (turns: readonly Turn[], exchanges: Exchange[] = []): EngineTransport => {
  let calls = 0
  return async (request: EngineRequest) => {
    request.signal.throwIfAborted()
    if (request.path === '/_ping') return responseOf({ kind: 'answer', status: 200, body: 'OK' })
    const resource = resourceOf(request)
    const turn = turns[Math.min(calls++, turns.length - 1)]
    const answer = turn?.[resource] ?? { kind: 'nothing', why: 'timeout' }
    exchanges.push({ resource, answer })
    return responseOf(answer)
  }
}

const resourceOf = ({ method, path }: EngineRequest): Resource => {
  const [, , kind, id, verb] = new URL(path, 'http://engine').pathname.split('/')
  if (kind === 'info') return 'info'
  if (kind === 'nodes') return 'nodes'
  if (kind === 'tasks') return id === undefined ? 'tasks' : 'task'
  if (kind !== 'services') return 'other'
  if (id === undefined) return 'services'
  if (id === 'create') return 'create'
  if (verb === 'logs') return 'logs'
  return method === 'DELETE' ? 'remove' : 'service'
}

const responseOf = (answer: Answer): EngineResponse => {
  if (answer.kind === 'nothing') throw new DockerError(answer.why, 'the Engine is away')
  const bytes = Buffer.from(answer.body)
  return {
    status: answer.status,
    header: (name) => (name === 'api-version' ? '1.51' : undefined),
    body: (async function* () {
      yield bytes
    })(),
  }
}
