import * as v from 'valibot'

/**
 * A record whose keys may be any text. valibot's own record silently leaves out `constructor` and similar keys.
 * Code that describes the schema finds the schema of the values in the metadata `recordItem`.
 */
export const recordOf = <S extends v.GenericSchema>(item: S) =>
  v.pipe(
    v.unknown(),
    v.metadata({ recordItem: item }),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): Record<string, v.InferOutput<S>> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        addIssue({ expected: 'Object' })
        return NEVER
      }
      const entries: [string, v.InferOutput<S>][] = []
      let input: Record<string, unknown> | undefined
      for (const [key, one] of Object.entries(value)) {
        const result = v.safeParse(item, one)
        if (result.success) entries.push([key, result.output])
        else input ??= { ...value }
        for (const { expected, message, path = [] } of result.issues ?? [])
          addIssue({
            expected: expected ?? 'another',
            message,
            path: [
              { type: 'object', origin: 'value', input: input ?? {}, key, value: one },
              ...path,
            ],
          })
      }
      return Object.fromEntries<v.InferOutput<S>>(entries)
    }),
  )
