import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { mapValues } from '../../docs/write/json-schema.ts'
import { currentDocument } from '../../docs/write/openapi.ts'
import type { Content, Operation } from '../../docs/write/openapi-operations.ts'
import { projectRoot } from '../../lab/project-root.ts'

/** The OpenAPI document as it is now. */
export const document = currentDocument(projectRoot)

/** The same as those who fetch it get it. */
export const fetched = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(projectRoot, 'docs/api/openapi.json'), 'utf8'))

/** The same, but that no answer may have a field that is not told. */
const closed = (): Record<string, unknown> => {
  const { Document, ...schemas } = document.components.schemas
  const strict = mapValues(schemas, (schema) =>
    schema.properties ? { additionalProperties: false, ...schema } : schema,
  )
  return { ...document, components: { ...document.components, schemas: { Document, ...strict } } }
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(closed(), 'api')

/** An independent judge of what a part of the document allows, and no more: `components/schemas/Problem`, for one. */
export const judgeOf = (...path: string[]): ValidateFunction => {
  const pointer = path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
  return ajv.compile({ $ref: `api#/${pointer.map(encodeURIComponent).join('/')}` })
}

/** An operation with its place. */
export type Placed = { path: string; method: 'get' | 'post'; operation: Operation }

export const operations: readonly Placed[] = Object.entries(document.paths).flatMap(
  ([path, { get, post }]) => [
    ...(get ? [{ path, method: 'get', operation: get } as const] : []),
    ...(post ? [{ path, method: 'post', operation: post } as const] : []),
  ],
)

/** Where the answer of a status stands in the document, and what it can be. */
export const answerOf = (
  { path, method, operation }: Placed,
  status: number,
): { content: Content; place: string[] } => {
  const answer = operation.responses[status]
  if (!answer) throw new Error(`${path} does not say that it can answer ${status}`)
  if (!('$ref' in answer))
    return { content: answer.content, place: ['paths', path, method, 'responses', String(status)] }
  const name = answer.$ref.split('/').at(-1) ?? ''
  const content: Content | undefined = document.components.responses[name]?.content
  if (!content) throw new Error(`There is no ${answer.$ref}`)
  return { content, place: ['components', 'responses', name] }
}

/** The schema of one media type of an answer, or of what is sent. */
export const schemaIn = (place: string[], mediaType: string): ValidateFunction =>
  judgeOf(...place, 'content', mediaType, 'schema')
