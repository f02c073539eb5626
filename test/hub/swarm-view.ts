import * as v from 'valibot'
import type { Docker } from '../../lab/hub/docker-cli.ts'

const Inspected = v.array(
  v.object({
    ID: v.string(),
    Spec: v.object({
      Name: v.string(),
      Labels: v.nullish(v.record(v.string(), v.string()), {}),
      TaskTemplate: v.object({
        ContainerSpec: v.looseObject({
          Image: v.string(),
          Args: v.optional(v.array(v.string()), []),
          Env: v.optional(v.array(v.string()), []),
          Mounts: v.optional(v.array(v.looseObject({ Type: v.string(), Target: v.string() })), []),
        }),
        Resources: v.optional(v.unknown()),
        Placement: v.optional(v.looseObject({})),
        Networks: v.optional(v.array(v.object({ Target: v.string() })), []),
      }),
    }),
  }),
)
type InspectedService = v.InferOutput<typeof Inspected>[number]

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** What the docker CLI sees of the servers in a swarm. */
export const swarmView = (docker: Docker) => {
  const names = async (prefix: string) =>
    words(await docker(['service', 'ls', '--format', '{{.Name}}']))
      .filter((name) => name.startsWith(prefix))
      .sort()
  return {
    /** The names of services that begin with a prefix. */
    names,
    inspect: async (name: string): Promise<InspectedService> => {
      const [service] = v.parse(Inspected, JSON.parse(await docker(['service', 'inspect', name])))
      if (!service) throw new Error(`no service ${name}`)
      return service
    },
    volumes: async () => words(await docker(['volume', 'ls', '--quiet'])),
    /** The containers of services that run, by one docker CLI for all. */
    containers: async (...services: readonly string[]) => {
      const format = '{{.Label "com.docker.swarm.service.name"}} {{.ID}}'
      const running = (await docker(['ps', '--format', format])).split('\n').map(words)
      return running.flatMap(([service = '', id = '']) => (services.includes(service) ? id : []))
    },
  }
}

/** The variables of a service's environment. */
export const envOf = ({ Spec }: InspectedService): Record<string, string> =>
  Object.fromEntries(
    Spec.TaskTemplate.ContainerSpec.Env.map((variable) => {
      const at = variable.indexOf('=')
      return [variable.slice(0, at), variable.slice(at + 1)]
    }),
  )
