import { canRunEngines } from '../engine/can-run-engines.ts'
import type { EngineVersion } from '../engine/engine-lab.ts'
import { type Docker, dockerCli } from './docker-cli.ts'

/** Where a local hub will run, with the reason in one sentence. */
export type ChosenEngine = { kind: 'swarm' | 'private'; sentence: string }

/**
 * Chooses the docker CLI's Engine if it manages a swarm, and otherwise a private one. Throws if neither works.
 */
export const chooseEngine = async (wanted: EngineVersion | undefined): Promise<ChosenEngine> => {
  const docker = dockerCli({})
  await docker(['--version']).catch((cause) => {
    throw new Error('The docker CLI is missing: apt-get install docker.io docker-cli', { cause })
  })
  const whyNotSwarm = wanted ? 'asked for by --engine' : await whyNoManager(docker)
  if (whyNotSwarm === undefined) {
    const sentence =
      'The Docker Engine here manages a swarm: the hub will run in it, open to all who reach its port.'
    return { kind: 'swarm', sentence }
  }
  const whyNotPrivate = canRunEngines()
  if (whyNotPrivate === undefined)
    return { kind: 'private', sentence: `A private Docker Engine will be started: ${whyNotSwarm}.` }
  throw new Error(
    `There is no Docker Swarm to run a hub in: ${whyNotSwarm}.\n` +
      `Nor can this machine run a private Engine: ${whyNotPrivate}.\n` +
      'Make the Engine a manager (docker swarm init), or run this as root on Debian with docker.io installed.',
  )
}

const whyNoManager = async (docker: Docker): Promise<string | undefined> => {
  const format = '{{.Swarm.ControlAvailable}}'
  const answer = await docker(['info', '--format', format]).catch(() => 'unreachable')
  if (answer === 'true') return undefined
  return answer === 'false'
    ? 'the Docker Engine here does not manage a swarm'
    : 'no Docker Engine answers'
}
