import { canRunEngines } from '../../test/support/lab/can-run-engines.ts'
import type { EngineVersion } from '../../test/support/lab/engine-lab.ts'
import { dockerCli } from './docker-cli.ts'

/** Where a local hub will run, and a sentence on why. */
export type ChosenEngine = { sentence: string } & (
  | { kind: 'swarm' }
  | { kind: 'private'; version: EngineVersion }
)

/** The Engine that the docker CLI talks to where that manages a swarm, else a private one; throws where neither works. */
export const chooseEngine = async (wanted: EngineVersion | undefined): Promise<ChosenEngine> => {
  const whyNotSwarm = wanted ? `asked for by --engine` : await whyNoManager()
  if (whyNotSwarm === undefined)
    return {
      kind: 'swarm',
      sentence: 'The Docker Engine here manages a swarm: the hub will run in it.',
    }
  const whyNotPrivate = canRunEngines()
  const version = wanted ?? '20.10'
  if (whyNotPrivate === undefined) {
    const sentence = `A private Docker Engine will be started (${whyNotSwarm}).`
    return { kind: 'private', version, sentence }
  }
  throw new Error(
    `There is no Docker Swarm to run a hub in: ${whyNotSwarm}.\n` +
      `Nor can this machine run a private one: ${whyNotPrivate}.\n` +
      'Make the Engine a manager (docker swarm init), or run this as root on Debian with docker.io installed.',
  )
}

const whyNoManager = async (): Promise<string | undefined> => {
  const format = '{{.Swarm.ControlAvailable}}{{range .ServerErrors}}{{.}}{{end}}'
  const answer = await dockerCli({})(['info', '--format', format]).catch(readReason)
  if (answer === 'true') return undefined
  return answer === 'false' ? 'the Docker Engine here does not manage a swarm' : answer
}

const readReason = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'the docker CLI is not installed (apt-get install docker.io docker-cli)'
  return 'no Docker Engine answers'
}
