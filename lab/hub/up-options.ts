import { parseArgs } from 'node:util'
import * as v from 'valibot'

export const USAGE = `npm run hub:up -- [options]

  --release 6.1|5.5|5.2|3.0   the JupyterHub: 6.1 or 5.5 of PyPI's wheels, 5.2 or 3.0 of Debian's packages; the newest that
                              can be had, unless told
  --port 8000                 the hub answers on http://127.0.0.1:8000
  --config FILE               more lines of jupyterhub_config.py
  --engine 20.10|26.1|28.5    a private Docker Engine of that version, even where a Swarm manager answers`

/** The options of `npm run hub:up`. */
export const UpOptions = v.object({
  release: v.optional(v.picklist(['3.0', '5.2', '5.5', '6.1'])),
  port: v.optional(
    v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number), v.maxValue(65535)),
    '8000',
  ),
  config: v.optional(v.string()),
  engine: v.optional(v.picklist(['20.10', '26.1', '28.5'])),
  help: v.optional(v.boolean(), false),
})
export type UpOptions = v.InferOutput<typeof UpOptions>

/** Reads the command line. Throws an Error that says what is wrong with it. */
export const readUpOptions = (args: readonly string[]): UpOptions => {
  const text = { type: 'string' } as const
  const options = {
    release: text,
    port: text,
    config: text,
    engine: text,
    help: { type: 'boolean' },
  } as const
  const result = v.safeParse(UpOptions, parseArgs({ args: [...args], options }).values)
  if (result.success) return result.output
  const [{ path, received }] = result.issues
  throw new Error(`--${path?.[0]?.key}: ${received} can't be used`)
}
