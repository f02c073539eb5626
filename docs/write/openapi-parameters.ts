import type { AdminPage } from '../../handlers/route.ts'
import { jsonSchemas, mapValues, type Schema } from './json-schema.ts'

/** A parameter of a path or of a query; OpenAPI's word. */
export type Parameter = {
  name: string
  in: 'path' | 'query'
  required: boolean
  description: string
  schema: Schema
}

/** The parameters of a page, from the schema that reads them. Throws for one without words. */
export const parametersOf = (
  { path, query }: AdminPage,
  words: Readonly<Record<string, string>>,
): Parameter[] => {
  const { Query = {} } = jsonSchemas({ Query: query }, 'input')
  const named = mapValues(Query.properties ?? {}, (schema, name): Parameter => {
    const description = words[name]
    if (description === undefined)
      throw new Error(`${path}: the parameter ${name} has no words in docs/write/api-calls.ts`)
    const isInPath = path.includes(`:${name}`)
    const place = isInPath ? ('path' as const) : ('query' as const)
    return { name, in: place, required: isInPath, description, schema }
  })
  return Object.values(named)
}
