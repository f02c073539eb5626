import type { Docker } from './docker.ts'
import { DockerError, type DockerErrorCode, isUnreachable } from './errors.ts'
import { listNodes } from './nodes.ts'
import type { CallOptions } from './request.ts'
import { info, ping } from './system.ts'

/** The states in `/_ping` of an Engine that cannot serve us, and what to do about each. */
const NOT_A_MANAGER: Readonly<Record<string, [DockerErrorCode, message: string]>> = {
  inactive: ['not_in_swarm', 'The Engine is not in a swarm; run: docker swarm init'],
  pending: ['unavailable', 'The Engine is joining a swarm; try again'],
  error: ['unavailable', 'The Engine has trouble with its swarm; see: docker info'],
  locked: ['locked', 'The swarm is locked; run: docker swarm unlock'],
  'active/worker': ['not_a_manager', 'The Engine is a worker; name a manager in DOCKER_HOST'],
}

/**
 * Throws unless the Engine, or one of several Engines, is a manager of a swarm. It costs one ping. Engines
 * older than 23 do not say it there, so it also asks them for `/info`.
 */
export const requireManager = async (docker: Docker, options: CallOptions = {}): Promise<void> => {
  const swarm = (await ping(docker, options)).swarm ?? (await swarmFromInfo(docker, options))
  const [code, message] = NOT_A_MANAGER[swarm] ?? []
  if (code && message && !(await canReadSwarm(docker, options)))
    throw new DockerError(code, message)
}

/**
 * Returns whether some Engine can list nodes. Any Engine answers a ping, but with several of them this call
 * goes on to the one that is a manager.
 */
const canReadSwarm = async (docker: Docker, options: CallOptions): Promise<boolean> => {
  try {
    await listNodes(docker, options)
    return true
  } catch (error) {
    if (isUnreachable(error)) return false
    throw error
  }
}

const swarmFromInfo = async (docker: Docker, options: CallOptions): Promise<string> => {
  const { Swarm } = await info(docker, options)
  if (Swarm.LocalNodeState !== 'active') return Swarm.LocalNodeState
  if (Swarm.Error) return 'error'
  return Swarm.ControlAvailable ? 'active/manager' : 'active/worker'
}
