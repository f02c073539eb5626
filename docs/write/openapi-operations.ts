import { API_PAGES } from '../../handlers/api-pages.node.ts'
import { ADMIN_PAGES, HOOKS, PAGES, REGISTRY_HOOKS } from '../../handlers/app.ts'
import type { AdminPage, Hook, Route } from '../../handlers/route.ts'
import { CALLS, type CallWords } from './api-calls.ts'
import { type CallExamples, EVENTS_EXAMPLE, EXAMPLES } from './api-examples.ts'
import { mapValues, refTo, type Schema } from './json-schema.ts'
import { type Parameter, parametersOf } from './openapi-parameters.ts'
import {
  type CanAnswer,
  ofAdminPage,
  ofEngine,
  ofFile,
  ofHook,
  ofNothing,
  ofRegistryHook,
  ofServerPage,
  ofStatusPage,
  ofToken,
  problemResponses,
} from './openapi-problems.ts'
import { nameOfData } from './openapi-schemas.ts'

/** A request or an answer, by media type. */
export type Content = Record<
  string,
  { schema: Schema; examples?: Record<string, { value: unknown }> }
>

/** A path with a method; OpenAPI's word. */
export type Operation = {
  operationId: string
  tags: string[]
  summary: string
  description: string
  security: Record<string, string[]>[]
  parameters?: ({ $ref: string } | Parameter)[]
  requestBody?: { required: true; content: Content }
  responses: Record<string, { description: string; content: Content } | { $ref: string }>
}

/** The names of the security schemes. A signature needs all three of its headers. */
export const SIGNATURE = ['webhookId', 'webhookTimestamp', 'webhookSignature'] as const
export const ADMIN_TOKEN = 'adminToken'

/** The problems that a page can answer, for pages that do more than `/health`. */
const PAGE_PROBLEMS: Readonly<Record<string, CanAnswer>> = { '/ready': ofEngine }

const ADMIN_PROBLEMS: Readonly<Record<string, CanAnswer>> = {
  '/servers': ofAdminPage,
  '/metrics': ofToken,
  '/': ofStatusPage,
}

/** Every path of the service, with its one method. */
export const operations = (): Record<string, Partial<Record<'get' | 'post', Operation>>> => ({
  ...Object.fromEntries(HOOKS.map((hook) => [hook.path, { post: hookOperation(hook) }])),
  ...Object.fromEntries(
    REGISTRY_HOOKS.map((route) => [pathOf(route), { post: registryOperation(route.path) }]),
  ),
  ...Object.fromEntries(
    PAGES.map(({ path }) => [
      path,
      { get: pageOperation(path, 'application/json', PAGE_PROBLEMS[path] ?? ofNothing) },
    ]),
  ),
  ...Object.fromEntries(ADMIN_PAGES.map((page) => [pathOf(page), { get: adminOperation(page) }])),
  ...Object.fromEntries(
    API_PAGES.map(({ path, headers }) => [
      path,
      { get: pageOperation(path, headers['content-type'] ?? '', ofFile) },
    ]),
  ),
})

const hookOperation = (hook: Hook): Operation => {
  const { words, examples } = told(hook.path)
  const ok = answer(words, examples, 'application/json')
  const stream = { schema: EVENTS_SCHEMA, examples: { events: { value: EVENTS_EXAMPLE } } }
  return {
    ...heading(words),
    security: [Object.fromEntries(SIGNATURE.map((name) => [name, []])), { [ADMIN_TOKEN]: [] }],
    parameters: [{ $ref: '#/components/parameters/hub' }],
    requestBody: { required: true, content: { 'application/json': envelope(hook, examples) } },
    responses: {
      200:
        hook.path === '/start'
          ? { ...ok, content: { ...ok.content, 'text/event-stream': stream } }
          : ok,
      ...problemResponses(ofHook),
    },
  }
}

/** The name of the parameter of a path that is a push token. */
export const PUSH_TOKEN = 'pushToken'

const registryOperation = (path: Route['path']): Operation => {
  const { words, examples } = told(path)
  const body = {
    schema: { type: 'object' },
    examples: mapValues(examples.requests ?? {}, (value) => ({ value })),
  }
  return {
    ...heading(words),
    security: [],
    parameters: [{ $ref: `#/components/parameters/${PUSH_TOKEN}` }],
    requestBody: { required: true, content: { 'application/json': body } },
    responses: {
      202: answer(words, examples, 'application/json'),
      ...problemResponses(ofRegistryHook),
    },
  }
}

const pageOperation = (
  path: Route['path'],
  contentType: string,
  canAnswer: CanAnswer,
): Operation => {
  const { words, examples } = told(path)
  const mediaType = contentType.split(';', 1).join()
  return {
    ...heading(words),
    security: [],
    responses: { 200: answer(words, examples, mediaType), ...problemResponses(canAnswer) },
  }
}

/** The path with its parameters in the spelling of OpenAPI. */
export const pathOf = ({ path }: Route): string => path.replace(/:(\w+)/g, '{$1}')

const adminOperation = (page: AdminPage): Operation => {
  const { words, examples } = told(page.path)
  const ok = answer(words, examples, words.mediaType ?? 'application/json')
  const stream = words.stream && { schema: words.stream.schema, examples: words.stream.examples }
  return {
    ...heading(words),
    security: [{ [ADMIN_TOKEN]: [] }],
    parameters: parametersOf(page, words.parameters ?? {}),
    responses: {
      200: stream ? { ...ok, content: { ...ok.content, 'text/event-stream': stream } } : ok,
      ...problemResponses(ADMIN_PROBLEMS[page.path] ?? ofServerPage),
    },
  }
}

const told = (path: string): { words: CallWords; examples: CallExamples } => {
  const [words, examples] = [CALLS[path], EXAMPLES[path]]
  if (words && examples) return { words, examples }
  throw new Error(`${path} needs words in docs/write/api-calls.ts, examples in api-examples.ts`)
}

const heading = ({ operationId, tag, summary, about }: CallWords) => ({
  operationId,
  tags: [tag],
  summary,
  description: about.join('\n\n'),
})

const answer = (
  { answer, components }: CallWords,
  { answers }: CallExamples,
  mediaType: string,
) => {
  const schemas = components.map((name): Schema => ({ $ref: refTo(name) }))
  const [only, ...others] = schemas
  const schema = only && others.length === 0 ? only : { anyOf: schemas }
  return {
    description: answer,
    content: {
      [mediaType]: {
        schema: only ? schema : { type: 'string' },
        examples: mapValues(answers, (value) => ({ value })),
      },
    },
  }
}

const EVENTS_SCHEMA: Schema = {
  type: 'string',
  description:
    'The events `state`, `ready` and `failed` have a `ServerState` as data and its `cursor` as id. The event `problem` has a `Problem` as data. The stream ends with `ready`, `failed` or `problem`.',
}

/** The timestamp in examples. Hubs send their own. */
const EXAMPLE_TIMESTAMP = '2026-11-25T09:30:00.000Z'

const envelope = ({ type, data }: Hook, { requests = {} }: CallExamples) => ({
  schema: {
    type: 'object',
    properties: {
      type: { description: 'The type of the call; each route has its own.', const: type },
      timestamp: {
        description:
          'When the call was sent (RFC 3339). Standard Webhooks asks for it; the service uses the time in the header.',
        type: 'string',
      },
      data: { $ref: refTo(nameOfData(data)) },
    },
    required: ['type', 'data'],
  } satisfies Schema,
  examples: mapValues(requests, (value) => ({
    value: { type, timestamp: EXAMPLE_TIMESTAMP, data: value },
  })),
})
