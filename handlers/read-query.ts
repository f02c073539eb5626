import type { Context } from 'hono'
import * as v from 'valibot'
import { printable } from '../src/spawner/errors.ts'
import { RequestError } from './errors.ts'
import { parseData } from './webhook.ts'

/** Longer than the name of any parameter; callers choose what they send. */
const MAX_NAME_LENGTH = 100

/**
 * Reads the query of a page by its schema, and the parameters of its path with it. Throws a RequestError,
 * `invalid_request`, for a parameter that is unknown or given twice.
 */
export const readQuery = <S extends v.GenericSchema>(c: Context, schema: S): v.InferOutput<S> => {
  const given = new URL(c.req.url).searchParams
  const seen = new Set<string>()
  const twice = [...given.keys()].find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined)
    throw new RequestError(
      'invalid_request',
      `The parameter ${printable(twice, MAX_NAME_LENGTH)} may be given only once`,
    )
  return parseData(schema, { ...Object.fromEntries(given), ...c.req.param() })
}

/** A number in a query, from 1 to `most`. */
export const countUpTo = (most: number, otherwise: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, 'a whole number'),
      v.transform(Number),
      v.maxValue(most),
    ),
    String(otherwise),
  )
