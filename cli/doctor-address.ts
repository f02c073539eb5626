import { existsSync, readFileSync } from 'node:fs'
import { readSettings } from '../handlers/settings/service-settings.ts'
import type { Docker } from '../src/docker/docker.ts'
import { engineAddresses } from '../src/docker/engine-address.node.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { listServices, type Service } from '../src/docker/services.ts'
import { readLabels } from '../src/spawner/server/labels.ts'
import { type Check, check, type Outcome, ok, TIMEOUT_MS, warning } from './check.ts'

const API_URL = 'JUPYTERHUB_API_URL='
const MORE = 'see "A kernel without IPVS" in docs/deploy.md'

/**
 * Whether the Engine's kernel has IPVS, which virtual IPs need. Undefined when it is another machine's kernel.
 */
export const hasIpvs = (env: ProcessEnv): boolean | undefined =>
  engineAddresses(env).addresses[0].host.startsWith('unix:')
    ? existsSync('/proc/net/ip_vs')
    : undefined

/**
 * Checks for IPVS. Swarm makes its virtual IPs with it; without it, nobody can reach a service in endpoint mode
 * vip.
 */
export const checkIpvs = (isThere: boolean | undefined): Outcome => {
  if (isThere) return ok('available')
  if (isThere === undefined)
    return warning(
      "can only be checked on the Engine's own machine",
      "Keep the default endpoint = 'dnsrr'",
    )
  return warning(
    'this kernel does not have it, or has not loaded it yet',
    "Keep the default endpoint = 'dnsrr'; 'vip' would not work",
  )
}

/**
 * Checks that the hub keeps its address when it restarts. `named` is the hub's service; without it, the check
 * takes the host that the servers call.
 */
export const checkHubAddress = (
  env: ProcessEnv,
  docker: Docker,
  { named, isIpvsThere }: { named?: string | undefined; isIpvsThere: boolean | undefined },
): Promise<Check> =>
  check('hub address', async () => {
    const services = await listServices(docker, { timeoutMs: TIMEOUT_MS })
    const found = named === undefined ? hubsOf(env, services) : called(services, named)
    if (found.length === 0 && named !== undefined)
      return warning(
        `no Swarm service has the name or alias ${named}`,
        'Give the name in c.SwarmSpawner.jupyterhub_service_name; docker service ls lists all names',
      )
    if (found.length === 0)
      return warning(
        "the hub's Swarm service was not found",
        'Give the name in c.SwarmSpawner.jupyterhub_service_name: --hub-service <name>',
      )
    return judge(found, isIpvsThere)
  })

const judge = (hubs: readonly Service[], isIpvsThere: boolean | undefined): Outcome => {
  const moving = namesOf(hubs.filter((hub) => !isVirtual(hub)))
  const fixed = namesOf(hubs.filter(isVirtual))
  if (fixed.length > 0 && isIpvsThere === false)
    return warning(
      `${fixed} has a virtual IP, which does not work without IPVS`,
      `Deploy the stack with ENDPOINT_MODE=dnsrr; ${MORE}`,
    )
  if (moving.length === 0) return ok(`${fixed} keeps its address when it restarts`)
  return warning(
    `${moving} has endpoint mode dnsrr, so it gets another address with each restart: servers with JupyterHub 6.1 ask the old one for up to ten minutes, and show their users error 500`,
    isIpvsThere === false
      ? `This kernel has no IPVS: let hub and servers look names up each time, ${MORE}`
      : `Deploy the stack with ENDPOINT_MODE=vip, or docker service update --endpoint-mode vip ${moving}`,
  )
}

const isVirtual = ({ Spec }: Service): boolean => Spec.EndpointSpec?.Mode !== 'dnsrr'

const namesOf = (services: readonly Service[]): string =>
  services.map(({ Spec }) => Spec.Name).join(', ')

/**
 * The services that the servers of our hubs call. Before there are any servers, it is the service that
 * deploy/stack.yml names hub.
 */
const hubsOf = (env: ProcessEnv, services: readonly Service[]): Service[] => {
  const { hubs } = readSettings(env, (path) => readFileSync(path, 'utf8'))
  const ours = new Set(hubs.map(({ hub }) => hub))
  const servers = services.filter(({ Spec }) => ours.has(readLabels(Spec.Labels)?.hub ?? ''))
  const asked = new Set(servers.flatMap((server) => inEachNetwork(server, [hubHost(server)])))
  const found = services.filter((service) =>
    inEachNetwork(service, namesIn(service)).some((name) => asked.has(name)),
  )
  if (found.length > 0) return found
  const ofStacks = new Set([...ours].map((hub) => `${hub}_hub`))
  return services.filter(({ Spec }) => ofStacks.has(Spec.Name))
}

/** The services that an admin may mean by a name: their own name, or an alias, as in stacks. */
const called = (services: readonly Service[], name: string): Service[] => {
  const exact = services.filter(({ Spec }) => Spec.Name === name)
  return exact.length > 0 ? exact : services.filter((service) => namesIn(service).includes(name))
}

const networksOf = ({ Spec }: Service) => Spec.TaskTemplate.Networks ?? []

const namesIn = (service: Service): string[] => [
  service.Spec.Name,
  ...networksOf(service).flatMap(({ Aliases }) => Aliases ?? []),
]

/**
 * Each name together with each network of the service, because a name only has a meaning inside a network: two
 * stacks may both have a `hub`.
 */
const inEachNetwork = (service: Service, names: readonly (string | undefined)[]): string[] =>
  networksOf(service).flatMap(({ Target }) => names.map((name) => `${name} ${Target}`))

/** The host in the hub's URL that the server has in its environment. */
const hubHost = ({ Spec }: Service): string | undefined => {
  const variable = Spec.TaskTemplate.ContainerSpec?.Env?.find((one) => one.startsWith(API_URL))
  const url = variable?.slice(API_URL.length) ?? ''
  return URL.canParse(url) ? new URL(url).hostname : undefined
}
