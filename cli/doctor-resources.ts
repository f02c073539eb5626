import type { Docker } from '../src/docker/docker.ts'
import { listNodes } from '../src/docker/nodes.ts'
import { NAMED_RESOURCES_ADVICE, nodesWithFault } from '../src/spawner/state/named-resources.ts'
import { type Check, check, ok, TIMEOUT_MS, warning } from './check.ts'

const MAX_TOLD = 3

/** Checks whether the managers can place servers on nodes with generic resources, such as GPUs. */
export const checkResources = (docker: Docker): Promise<Check> =>
  check('generic resources', async () => {
    const nodes = nodesWithFault(await listNodes(docker, { timeoutMs: TIMEOUT_MS }))
    if (nodes.length === 0) return ok('none that these managers would reject')
    const names = nodes.slice(0, MAX_TOLD).map(({ Description }) => Description.Hostname)
    const more = nodes.length > MAX_TOLD ? ', …' : ''
    return warning(`have names on ${names.join(', ')}${more}`, sentence(NAMED_RESOURCES_ADVICE))
  })

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
