import { type Html, html } from '../../handlers/status/html.ts'
import { answerFields, nameOf, requestFields, SECTIONS } from './api-page-fields.ts'
import { colouredJson, paragraphs, prose } from './html.ts'
import type { Schema } from './json-schema.ts'
import type { ApiDocument } from './openapi.ts'
import type { Content, Operation } from './openapi-operations.ts'
import { prettyJson } from './pretty-json.ts'

/** A call with its place in the document. */
export type Call = { path: string; method: 'get' | 'post'; operation: Operation }

/** Every call of the document, in its order. */
export const callsOf = ({ paths }: ApiDocument): Call[] =>
  Object.entries(paths).flatMap(([path, { get, post }]) => [
    ...(post ? [{ path, method: 'post' as const, operation: post }] : []),
    ...(get ? [{ path, method: 'get' as const, operation: get }] : []),
  ])

/** A call's method and path. */
export const route = ({ path, method }: Call): Html =>
  html`<span class="route"><span class="method ${method}">${method.toUpperCase()}</span>${path}</span>`

/** The section about one call: what it does, what is sent and answered, with examples. */
export const callSection = (document: ApiDocument, call: Call): Html => {
  const { operation } = call
  return html`
<section id="${operation.operationId}"><h2>${route(call)}</h2>
<p class="summary">${operation.summary}</p>
<div class="pair"><div>
${paragraphs(operation.description)}
${dataOf(document, operation)}
<h3>Answer</h3>
${answerOf(document, operation)}
${problemsOf(operation)}
</div><div class="examples">
${exampleBlocks('Sent', operation.requestBody?.content)}
${exampleBlocks('Answered', okOf(operation)?.content)}
</div></div>
</section>
`
}

const dataOf = ({ components }: ApiDocument, { requestBody }: Operation): Html | undefined => {
  const envelope = requestBody?.content['application/json']?.schema
  const type = envelope?.properties?.['type']?.const
  const name = nameOf(envelope?.properties?.['data'] ?? {})
  if (name === undefined) return undefined
  const data = components.schemas[name] ?? {}
  return html`<h3>Data</h3>
<p>With <code>"type": ${JSON.stringify(type)}</code>. ${prose(data.description ?? '')}</p>
${choices(data, components.schemas).map((choice) => html`${choice.title}${requestFields(choice.schema, components.schemas)}`)}`
}

/** The schemas that a schema may be: itself, or any of several, which then have titles. */
const choices = (schema: Schema, schemas: Readonly<Record<string, Schema>>) => {
  if (!schema.anyOf) return [{ title: undefined, schema }]
  return schema.anyOf.map((choice) => {
    const chosen = schemas[nameOf(choice) ?? ''] ?? choice
    return { title: html`<h4>${prose(chosen.description ?? '')}</h4>`, schema: chosen }
  })
}

const okOf = ({ responses }: Operation) => {
  const ok = responses['200'] ?? responses['202']
  return ok && 'content' in ok ? ok : undefined
}

const answerOf = ({ components }: ApiDocument, operation: Operation): Html => {
  const ok = okOf(operation)
  const [content] = Object.values(ok?.content ?? {})
  const names = [content?.schema ?? {}]
    .flatMap(({ anyOf, ...schema }) => anyOf ?? [schema])
    .flatMap((schema) => nameOf(schema) ?? [])
  return html`<p>${prose(ok?.description ?? '')}</p>
${names.map((name) =>
  name in SECTIONS
    ? html`<p><a href="${SECTIONS[name]}">The fields of a state</a></p>`
    : answerFields(components.schemas[name] ?? {}, components.schemas),
)}`
}

const problemsOf = ({ responses }: Operation): Html | undefined => {
  const statuses = Object.keys(responses).filter((status) => !status.startsWith('2'))
  if (statuses.length === 0) return undefined
  return html`<p>Or a <a href="#problems">problem</a>: ${statuses.map(
    (status, index) =>
      html`${index ? ', ' : ''}<a class="status" href="#status-${status}">${status}</a>`,
  )}.</p>`
}

/** The examples of requests or answers, each with a title. */
export const exampleBlocks = (title: string, content: Content | undefined): Html[] =>
  Object.entries(content ?? {}).flatMap(([type, media]) =>
    Object.entries(media.examples ?? {}).map(
      ([
        name,
        { value },
      ]) => html`<h4>${title}${type === 'text/event-stream' ? `, as ${type}` : ''}: ${name}</h4>
<pre>${typeof value === 'string' ? value.trim() : colouredJson(prettyJson(value).trim())}</pre>
`,
    ),
  )

/** The examples by name. */
export const examplesOf = (content: Content | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(content ?? {}).flatMap(({ examples = {} }) =>
      Object.entries(examples).map(([name, { value }]) => [name, value]),
    ),
  )
