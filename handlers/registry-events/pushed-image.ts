import * as v from 'valibot'

/** A tag that a registry says was pushed. Only the types and lengths are checked: whoever sends the event chooses the texts. */
export type PushedImage = {
  /** The registry's host, as the event has it. */
  registry: string
  repository: string
  tag: string
  digest?: string | undefined
}

/** An event, or several in one envelope: the headers, and the parsed body. */
export type Envelope = { headers: Headers; body: unknown }

/** What an envelope tells of: one item for each event, `undefined` for an event that is no push of a tag. */
export type Pushes = readonly (PushedImage | undefined)[]

/** A kind of registry: how its envelopes are recognized and read. Both are pure, and neither throws. */
export type Vendor = {
  name: string
  recognizes: (envelope: Envelope) => boolean
  read: (body: unknown) => Pushes
}

/** No valid part of an image's name is longer. */
const MAX_LENGTH = 1000

/** A text of an event. */
export const Text = v.pipe(v.string(), v.maxLength(MAX_LENGTH))

/** A text that some versions leave out, or send as null. */
export const MaybeText = v.optional(v.nullable(Text), null)

/** 200 events: a registry sends one or a few at once, Quay one for each tag of a push. What comes after them is not read, and counts as no push. */
export const MAX_EVENTS = 200

/** Reads each event by its own schema, so that an odd one spoils no other. */
export const readEach = <S extends v.GenericSchema>(
  items: readonly unknown[],
  schema: S,
  read: (item: v.InferOutput<S>) => PushedImage | undefined,
): Pushes =>
  items.map((item, nth) => {
    if (nth >= MAX_EVENTS) return undefined
    const event = v.safeParse(schema, item, { abortEarly: true })
    return event.success ? read(event.output) : undefined
  })

/** Whether a body is an object with all of these keys. */
export const hasKeys = (body: unknown, ...keys: readonly string[]): boolean =>
  typeof body === 'object' && body !== null && keys.every((key) => Object.hasOwn(body, key))

/** The host at the beginning of an image's name, such as `harbor.example.org/lab/notebook:1`. */
export const hostOf = (name: string): string => name.split('/', 1)[0] ?? ''
