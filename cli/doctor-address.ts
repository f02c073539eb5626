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

/** Whether the Engine's kernel has IPVS, which virtual IPs need; undefined where it is another machine's. */
export const hasIpvs = (env: ProcessEnv): boolean | undefined =>
  engineAddresses(env).addresses[0].host.startsWith('unix:')
    ? existsSync('/proc/net/ip_vs')
    : undefined

/** Swarm's virtual IPs are IPVS; without it a service in endpoint mode vip is never reached. */
export const checkIpvs = (isThere: boolean | undefined): Outcome => {
  if (isThere) return ok('is there')
  if (isThere === undefined)
    return warning(
      "can only be seen on the Engine's own machine",
      "Keep the default endpoint = 'dnsrr'",
    )
  return warning(
    'is not in this kernel (or not loaded yet)',
    "Keep the default endpoint = 'dnsrr'; 'vip' would not work",
  )
}

/** Checks that the hub has the same address after a restart; `named` is its service, else what the servers call. */
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
        'Name that of c.SwarmSpawner.jupyterhub_service_name; docker service ls lists them',
      )
    if (found.length === 0)
      return warning(
        "the hub's Swarm service is not known",
        'Name that of c.SwarmSpawner.jupyterhub_service_name: --hub-service <name>',
      )
    return judge(found, isIpvsThere)
  })

const judge = (hubs: readonly Service[], isIpvsThere: boolean | undefined): Outcome => {
  const moving = namesOf(hubs.filter((hub) => !isVirtual(hub)))
  const fixed = namesOf(hubs.filter(isVirtual))
  if (fixed.length > 0 && isIpvsThere === false)
    return warning(
      `${fixed} has a virtual IP, which leads nowhere without IPVS`,
      `Deploy the stack with ENDPOINT_MODE=dnsrr; ${MORE}`,
    )
  if (moving.length === 0) return ok(`${fixed} keeps one address over restarts`)
  return warning(
    `${moving} has endpoint mode dnsrr, another address after each restart: servers with JupyterHub 6.1 ask the old one for up to ten minutes, and show their users error 500`,
    isIpvsThere === false
      ? `This kernel has no IPVS: let hub and servers look names up each time, ${MORE}`
      : `Deploy the stack with ENDPOINT_MODE=vip, or docker service update --endpoint-mode vip ${moving}`,
  )
}

const isVirtual = ({ Spec }: Service): boolean => Spec.EndpointSpec?.Mode !== 'dnsrr'

const namesOf = (services: readonly Service[]): string =>
  services.map(({ Spec }) => Spec.Name).join(', ')

/** What the servers of our hubs call; before there are any, the service that deploy/stack.yml calls hub. */
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

/** The services that an admin may mean by a name, which is their own, or an alias as stacks have them. */
const called = (services: readonly Service[], name: string): Service[] => {
  const exact = services.filter(({ Spec }) => Spec.Name === name)
  return exact.length > 0 ? exact : services.filter((service) => namesIn(service).includes(name))
}

const networksOf = ({ Spec }: Service) => Spec.TaskTemplate.Networks ?? []

const namesIn = (service: Service): string[] => [
  service.Spec.Name,
  ...networksOf(service).flatMap(({ Aliases }) => Aliases ?? []),
]

/** A name means what it does in a network: two stacks may both have a `hub`. */
const inEachNetwork = (service: Service, names: readonly (string | undefined)[]): string[] =>
  networksOf(service).flatMap(({ Target }) => names.map((name) => `${name} ${Target}`))

/** The host in the hub's URL that a server was given. */
const hubHost = ({ Spec }: Service): string | undefined => {
  const variable = Spec.TaskTemplate.ContainerSpec?.Env?.find((one) => one.startsWith(API_URL))
  const url = variable?.slice(API_URL.length) ?? ''
  return URL.canParse(url) ? new URL(url).hostname : undefined
}
