import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import * as v from 'valibot'

/** The part of JSON Schema 2020-12 that we use. OpenAPI 3.1 has the same. */
export type Schema = {
  $ref?: string | undefined
  description?: string | undefined
  type?: string | string[] | undefined
  const?: unknown
  enum?: unknown[] | undefined
  default?: unknown
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
  additionalProperties?: boolean | Schema | undefined
  items?: Schema | undefined
  anyOf?: Schema[] | undefined
  allOf?: Schema[] | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  maxItems?: number | undefined
  pattern?: string | undefined
  propertyNames?: { type: 'string' } | undefined
}

const one: v.GenericSchema<Schema> = v.lazy(() => Schema)

/** An unknown keyword is an error, because the page would silently leave it out. */
const Schema = v.strictObject({
  $ref: v.optional(v.string()),
  description: v.optional(v.string()),
  type: v.optional(v.union([v.string(), v.array(v.string())])),
  const: v.optional(v.unknown()),
  enum: v.optional(v.array(v.unknown())),
  default: v.optional(v.unknown()),
  properties: v.optional(v.record(v.string(), one)),
  required: v.optional(v.array(v.string())),
  additionalProperties: v.optional(v.union([v.boolean(), one])),
  items: v.optional(one),
  anyOf: v.optional(v.array(one)),
  allOf: v.optional(v.array(one)),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
  minLength: v.optional(v.number()),
  maxLength: v.optional(v.number()),
  maxItems: v.optional(v.number()),
  pattern: v.optional(v.string()),
  /** Of a record whose keys are any texts. JSON has no other keys, so the page leaves it out. */
  propertyNames: v.optional(v.strictObject({ type: v.literal('string') })),
})

type Config = NonNullable<Parameters<typeof toJsonSchema>[1]>

/** The schemas that a lazy schema chooses from. Only its own code knows how it chooses. */
export type Choices = ReadonlyMap<v.GenericSchema, readonly v.GenericSchema[]>

/**
 * Makes JSON schemas from valibot's, by name. They refer to each other as components of an OpenAPI document.
 */
export const jsonSchemas = (
  definitions: Readonly<Record<string, v.GenericSchema>>,
  typeMode: 'input' | 'output',
  choices: Choices = new Map(),
): Record<string, Schema> => {
  const config: Config = {
    target: 'draft-2020-12',
    typeMode,
    overrideRef: ({ referenceId }) => refTo(referenceId),
    overrideSchema: ({ valibotSchema, jsonSchema, referenceMap }) => {
      const chosen = choices.get(valibotSchema)
      if (chosen) return { anyOf: chosen.map((item) => ({ $ref: refTo(referenceMap.get(item)) })) }
      return withoutMadeUpDefault(valibotSchema, jsonSchema)
    },
    overrideAction: ({ valibotAction, jsonSchema }) => describeAction(valibotAction, jsonSchema),
  }
  const made = Object.entries(toJsonSchemaDefs(definitions, config))
  const extra = made.find(([name]) => !(name in definitions))
  if (extra) throw new Error(`A lazy schema is not among the choices: ${JSON.stringify(extra)}`)
  return Object.fromEntries(made.map(([name, schema]) => [name, plain(v.parse(Schema, schema))]))
}

/** The reference to a component of an OpenAPI document. */
export const refTo = (name: string | undefined): string => {
  if (name === undefined) throw new Error('A schema that is referred to has no name')
  return `#/components/schemas/${name}`
}

/** Leaves out a default that is a function. It is new for each call, and would differ in each document. */
const withoutMadeUpDefault: (
  valibotSchema: object,
  jsonSchema: ReturnType<typeof toJsonSchema>,
) => ReturnType<typeof toJsonSchema> | undefined = (valibotSchema, { default: _, ...rest }) =>
  'default' in valibotSchema && typeof valibotSchema.default === 'function' ? rest : undefined

/**
 * Converts what the converter refuses: our records (src/docker/record-of.ts), and patterns with the flag for
 * Unicode, which JSON Schema's patterns always have.
 */
const describeAction: (
  action: { type: string },
  jsonSchema: ReturnType<typeof toJsonSchema>,
) => ReturnType<typeof toJsonSchema> | undefined = (action, jsonSchema) => {
  if (v.is(DictOf, action)) {
    const { $schema: _, ...item } = toJsonSchema(action.metadata.recordItem)
    return { type: 'object', additionalProperties: item }
  }
  const isAllRight = action.type === 'raw_transform' || v.is(UnicodePattern, action)
  return isAllRight ? jsonSchema : undefined
}

const AnySchema = v.custom<v.GenericSchema>(
  (input) => typeof input === 'object' && input !== null && '~run' in input,
)
const DictOf = v.object({
  type: v.literal('metadata'),
  metadata: v.object({ recordItem: AnySchema }),
})
const UnicodePattern = v.object({
  type: v.literal('regex'),
  requirement: v.pipe(
    v.instance(RegExp),
    v.check(({ flags }) => flags === 'u'),
  ),
})

/** Writes a schema as a person would: `type: [string, null]`, and nothing where everything is allowed. */
const plain = (schema: Schema): Schema => {
  const {
    anyOf,
    required,
    properties,
    items,
    additionalProperties,
    propertyNames: _,
    ...rest
  } = schema
  return {
    ...rest,
    ...(anyOf && joined(anyOf.map(plain))),
    ...(properties && { properties: mapValues(properties, plain) }),
    ...(required && required.length > 0 && { required }),
    ...(items && { items: plain(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : plain(additionalProperties),
    }),
  }
}

const joined = (options: readonly Schema[]): Schema => {
  if (options.some((option) => Object.keys(option).length === 0)) return {}
  const [first, ...others] = options
  const isSimple = others.every((option) => Object.keys(option).join() === 'type')
  if (first?.type === undefined || !isSimple) return { anyOf: [...options] }
  const type = options.flatMap((option) => option.type ?? [])
  return {
    ...first,
    type,
    ...(first.enum && { enum: [...first.enum, ...(type.includes('null') ? [null] : [])] }),
  }
}

/** The same names with other values. */
export const mapValues = <T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]))
