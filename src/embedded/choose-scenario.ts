import { type ImageNames, imageNames } from './image-names.ts'
import { holdUntilHealthy } from './life/hold-until-healthy.ts'
import { SCENARIOS, type Scenario } from './life/scenarios.ts'
import type { PullScenarios } from './pull-scenarios.ts'
import type { ServiceBody } from './wire/service-body.ts'

/** The service label that names a scenario. It wins over the name of the image. */
export const SCENARIO_LABEL = 'org.swarmspawner.scenario'

/** The directories that exist on each node, for bind mounts. Everything below them exists as well. */
const DIRECTORIES = ['/tmp', '/var', '/home', '/mnt', '/srv', '/data']

/**
 * Chooses the scenario of a service's tasks, and puts the service's own image and bind sources into the
 * Engine's words.
 */
export const chooseScenario = (
  pulls: PullScenarios,
  { Labels, TaskTemplate }: ServiceBody,
): Scenario => {
  const image = TaskTemplate?.ContainerSpec?.Image ?? ''
  const chosen = scenarioNamed(pulls, Labels?.[SCENARIO_LABEL]) ?? scenarioOfImage(pulls, image)
  const binds = (TaskTemplate?.ContainerSpec?.Mounts ?? []).filter(({ Type }) => Type === 'bind')
  const sources = binds.map(({ Source }) => Source ?? '')
  const missing = sources.find((source) => !exists(source))
  const isImageMissing = chosen.image !== undefined
  const scenario =
    missing === undefined || isImageMissing ? chosen : (SCENARIOS['bind-missing'] ?? chosen)
  const held = holdUntilHealthy(scenario, TaskTemplate?.ContainerSpec?.Healthcheck)
  return fillIn(held, { ...imageNames(image), source: missing ?? sources[0] ?? '/srv/missing' })
}

/** The scenario that the name of an image stands for. */
export const scenarioOfImage = (pulls: PullScenarios, image: string): Scenario => {
  const name = image.replace(/@.*$/, '').split('/').at(-1)?.replace(/:.*$/, '') ?? ''
  const isMissing = /nosuch|missing/.test(image)
  const named = scenarioNamed(pulls, name) ?? (isMissing ? pulls['image-missing'] : undefined)
  return named ?? { moments: [], ...SCENARIOS['default'] }
}

const scenarioNamed = (pulls: PullScenarios, name = ''): Scenario | undefined => {
  if (Object.hasOwn(pulls, name)) return pulls[name]
  return Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
}

const exists = (source: string): boolean =>
  source === '/' || DIRECTORIES.some((dir) => source === dir || source.startsWith(`${dir}/`))

const fillIn = (scenario: Scenario, names: ImageNames & { source: string }): Scenario => ({
  ...scenario,
  moments: scenario.moments.map(({ ms, status }) => ({
    ms,
    status: { ...status, ...(status.Err && { Err: withNames(status.Err, names) }) },
  })),
})

const withNames = (text: string, names: ImageNames & { source: string }): string =>
  text.replace(
    /<(image|ref|registry|manifest|source)>/g,
    (_, name: keyof typeof names) => names[name],
  )
