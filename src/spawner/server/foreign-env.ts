import * as v from 'valibot'

/** What JupyterHub tells a server about itself, and which spawner passed it on. No secret is among it. */
export type ForeignEnv = { spawner: string; username: string; server_name: string; hub_api: string }

const Template = v.object({
  ContainerSpec: v.optional(
    v.object({
      Env: v.optional(v.nullable(v.array(v.string()))),
      Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
    }),
  ),
})

/**
 * Reads from a service's task whose server it is. Undefined if it is no server of a hub: without a user and a token in its
 * environment, or with those of a service of the hub. JPY_* are the names of hubs before 0.8, which two spawners still set.
 */
export const foreignEnv = (template: unknown): ForeignEnv | undefined => {
  const { ContainerSpec } = v.is(Template, template) ? template : {}
  const env = new Map((ContainerSpec?.Env ?? []).map(nameAndValue))
  const username = env.get('JUPYTERHUB_USER') || env.get('JPY_USER')
  const hasToken = env.has('JUPYTERHUB_API_TOKEN') || env.has('JPY_API_TOKEN')
  if (!username || !hasToken) return undefined
  return {
    spawner: spawnerOf(env, ContainerSpec?.Labels ?? {}),
    username,
    server_name: env.get('JUPYTERHUB_SERVER_NAME') ?? '',
    hub_api: env.get('JUPYTERHUB_API_URL') ?? env.get('JPY_HUB_API_URL') ?? '',
  }
}

const nameAndValue = (variable: string): [string, string] => {
  const at = variable.indexOf('=')
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)]
}

/**
 * dockerspawner 12 and later sets a variable of its own; ucphhpc's class, from 0.4 on, labels the container with the name of
 * the image.
 */
const spawnerOf = (
  env: ReadonlyMap<string, string>,
  labels: Readonly<Record<string, string>>,
): string => {
  if (env.has('JUPYTER_IMAGE_SPEC')) return 'dockerspawner'
  if (!env.has('JPY_USER')) return 'another'
  return labels['image_name'] === undefined
    ? 'cassinyspawner or an old jhub-swarmspawner'
    : 'jhub-swarmspawner'
}
