import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { labCache } from '../engine/engine-lab.ts'

export const USAGE = `npm run hub:up -- [options]

Starts a JupyterHub with SwarmSpawner on this machine, for trials: everybody may log in who has the password that it shows.
It runs in the Swarm of the docker CLI's Engine (DOCKER_HOST, DOCKER_CONTEXT), or else in a private Engine, which needs
Debian and root.

  --release 6.1|5.5|5.2|3.0   the JupyterHub: 6.1 or 5.5 of PyPI's wheels, 5.2 or 3.0 of Debian's packages (default: the
                              newest that this machine can get)
  --port 8000                 the hub answers on http://127.0.0.1:8000 (default: 8000). Each port can have a hub
  --config FILE               more lines of jupyterhub_config.py, such as c.SwarmSpawner.profile_list (default: none)
  --engine 20.10|26.1|28.5    a private Docker Engine of that version, even where a Swarm manager answers (default: the
                              Swarm, or a private 20.10)
  --help                      this text

The hub's name, with which its services, networks, secrets and volumes begin, is swarmspawner-local-<port>.

  npm run hub:down                  ends all these hubs
  npm run hub:down -- --port 8000   ends the one on this port

hub:down removes services, networks, secrets, images and volumes, the users' homes too. Until then homes stay, also if the hub
restarts. In a private Engine everything is gone as well when the machine restarts. Downloads stay in
${labCache} (SWARMSPAWNER_LAB) for the next time.`

const Port = v.pipe(
  v.string(),
  v.regex(/^\d+$/, 'a number'),
  v.transform(Number),
  v.minValue(1, 'at least 1'),
  v.maxValue(65535, 'at most 65535'),
)

/** The options of `npm run hub:up`. */
export const UpOptions = v.object({
  release: v.optional(v.picklist(['3.0', '5.2', '5.5', '6.1'])),
  port: v.optional(Port, '8000'),
  config: v.optional(v.string()),
  engine: v.optional(v.picklist(['20.10', '26.1', '28.5'])),
  help: v.optional(v.boolean(), false),
})
export type UpOptions = v.InferOutput<typeof UpOptions>

const HINT = 'npm run hub:up -- --help says which options there are'

/** Reads the command line. Throws an Error that says what is wrong with it. */
export const readUpOptions = (args: readonly string[]): UpOptions => {
  const result = v.safeParse(UpOptions, wordsOf(args))
  if (result.success) return result.output
  const [{ path, received, expected, message }] = result.issues
  const values = expected
    ?.match(/"[^"]+"/g)
    ?.join(', ')
    .replaceAll('"', '')
  const wanted = values === undefined ? message : `one of ${values}`
  throw new Error(`--${path?.[0]?.key} ${received}: it has to be ${wanted}. ${HINT}.`)
}

const wordsOf = (args: readonly string[]): object => {
  const text = { type: 'string' } as const
  const options = {
    release: text,
    port: text,
    config: text,
    engine: text,
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (cause) {
    const [sentence] = String(cause instanceof Error ? cause.message : cause).split('. ')
    throw new Error(`${sentence}. ${HINT}.`, { cause })
  }
}
