import { type Html, html } from '../../handlers/status/html.ts'
import { prose } from './html.ts'
import type { Schema } from './json-schema.ts'

type Schemas = Readonly<Record<string, Schema>>

/** The components that have their own section. The fields of all others are shown where they are used. */
export const SECTIONS: Readonly<Record<string, string>> = {
  ServerState: '#state',
  HubConfig: '#settings',
  Problem: '#problems',
}

/** One line of a table: a field, or a field of an object inside it. */
type Row = { path: string; field: string; schema: Schema; isNeeded: boolean }

/** The fields of a request: whether each is needed, and the default of the others. */
export const requestFields = (schema: Schema, schemas: Schemas): Html => html`
<table class="fields"><thead><tr><th>field</th><th>type</th><th>needed</th><th>meaning</th></tr></thead><tbody>
${rowsOf(schema, schemas).map(
  (row) =>
    html`<tr>${nameAndType(row)}<td class="need">${need(row)}</td><td>${meaning(row)}</td></tr>\n`,
)}</tbody></table>
`

/** The fields of an answer. */
export const answerFields = (schema: Schema, schemas: Schemas): Html => html`
<table class="fields of-answer"><thead><tr><th>field</th><th>type</th><th>meaning</th></tr></thead><tbody>
${rowsOf(schema, schemas).map(
  (row) => html`<tr>${nameAndType(row)}<td>${meaning(row)}</td></tr>\n`,
)}</tbody></table>
`

const nameAndType = ({ path, field, schema }: Row): Html =>
  html`<td><code><span class="of">${path}</span>${field}</code></td><td class="type">${typeOf(schema)}</td>`

const need = ({ isNeeded, schema }: Row): Html => {
  if (isNeeded) return html`<span class="yes">needed</span>`
  const isTold = schema.default !== undefined && JSON.stringify(schema.default) !== '{}'
  return isTold ? html`default <code>${JSON.stringify(schema.default)}</code>` : html`optional`
}

const meaning = ({ schema }: Row): Html[] => prose(schema.description ?? '')

const rowsOf = (schema: Schema, schemas: Schemas, path = ''): Row[] =>
  Object.entries(schema.properties ?? {}).flatMap(([field, property]) => [
    { path, field, schema: property, isNeeded: schema.required?.includes(field) ?? false },
    ...nestedRows(property, schemas, `${path}${field}`),
  ])

const nestedRows = (schema: Schema, schemas: Schemas, path: string): Row[] => {
  const name = nameOf(schema) ?? (schema.anyOf ?? []).map(nameOf).find(Boolean)
  if (name !== undefined)
    return name in SECTIONS || name === 'ServiceSpec'
      ? []
      : rowsOf(schemas[name] ?? {}, schemas, `${path}.`)
  return schema.items ? nestedRows(schema.items, schemas, `${path}[]`) : []
}

/** The component that a schema refers to. */
export const nameOf = ({ $ref }: Schema): string | undefined => $ref?.split('/').at(-1)

/** With more than 10 values, the list would be too long for a table; another page has it. */
const MANY = 10

const typeOf = (schema: Schema): Html => {
  const name = nameOf(schema)
  if (name !== undefined) return component(name)
  if (schema.enum && schema.enum.length > MANY) return html`text, one of ${schema.enum.length}`
  if (schema.enum)
    return listed(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`))
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.anyOf) return listed(schema.anyOf.map(typeOf))
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return html`several forms`
  return html`${listed(types.map((type) => typeName(type, schema)))}${limits(schema)}`
}

const WORDS_FOR_COMPONENTS: Readonly<Record<string, string>> = {
  ServerState: 'state',
  HubConfig: 'settings',
  Problem: 'problem',
  ServiceSpec: "the Engine's ServiceSpec",
  Environment: 'object, or list of texts',
}

const component = (name: string): Html => {
  const section = SECTIONS[name]
  const words = WORDS_FOR_COMPONENTS[name] ?? 'object'
  return section === undefined ? html`${words}` : html`<a href="${section}">${words}</a>`
}

const typeName = (type: string, { items, additionalProperties }: Schema): Html => {
  if (type === 'array' && items) return html`list of ${typeOf(items)}`
  if (type === 'object' && typeof additionalProperties === 'object')
    return html`object of ${typeOf(additionalProperties)}`
  return html`${type === 'string' ? 'text' : type}`
}

const listed = (parts: readonly Html[]): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html`, ${part}`))}`

const limits = ({ type, minimum, maximum, maxItems }: Schema): Html | undefined => {
  if (type !== 'number' && type !== 'integer')
    return maxItems ? html`, at most ${maxItems}` : undefined
  if (minimum !== undefined && maximum !== undefined) return html`, ${minimum} to ${maximum}`
  return minimum === undefined ? undefined : html`, from ${minimum} on`
}
