import { ADDRESS_WORDS, ADDRESSES_EXHAUSTED } from './address-words.ts'
import { PULL_WORDS, readPullFailure } from './pull-failure.ts'

/**
 * The Engine's words about problems other than pulls, with advice for each. The words are the same from Engine
 * 20.10 to 29.7.
 */
const ADVICE: readonly [words: RegExp, advice: string][] = [
  [
    /bind source path does not exist/,
    'Create the directory on every node that may run the server, or mount a volume instead',
  ],
  [
    /scheduling constraints not satisfied/,
    'No node meets the placement constraints: compare them with docker node inspect, or add the label with docker node update --label-add',
  ],
  [
    /insufficient resources/,
    'No node has enough free CPU, memory or generic resources for what the server reserves: reserve less, or add a node',
  ],
  [/unsupported platform/, 'The image is for another kind of processor than the nodes have'],
  [/missing plugin/, 'No node has the volume, network or log driver: install it on the nodes'],
  [
    /^network .+ not found|predefined swarm network/,
    'Create it on a manager: docker network create --driver overlay --attachable <name>',
  ],
  [
    /cannot be used with services/,
    'A service needs an overlay network: docker network create --driver overlay --attachable <name>',
  ],
  [
    /unhealthy container/,
    'Its health check kept failing: see the last lines of its log, and the healthcheck of the settings or of the image',
  ],
  [
    /non-zero exit \(137\)/,
    'It was killed, most often because it used more memory than its limit: raise mem_limit, or look at what it does',
  ],
  [
    /non-zero exit \(12[67]\)|executable file not found|starting container failed: .*no such file/,
    "The image does not have the program to run: check cmd, args, and container_spec's command and args",
  ],
  [
    /unable to find user/,
    'The image does not have the user: check the user of container_spec, and the image',
  ],
  [
    /no such device|error while mounting volume|failed to mount/,
    "The node could not mount a volume: check its driver's options, and that the nodes have the client of the file system (NFS, CIFS)",
  ],
  [ADDRESSES_EXHAUSTED, ADDRESS_WORDS.full.advice],
  [/no space left on device/, PULL_WORDS.disk_full.advice],
]

/** What an admin can do about the Engine's reason; null when we do not know. */
export const adviceOn = (reason: string | null): string | null =>
  pullAdvice(reason) ?? ADVICE.find(([words]) => reason !== null && words.test(reason))?.[1] ?? null

const pullAdvice = (reason: string | null): string | undefined => {
  const failure = readPullFailure(reason)
  return failure && PULL_WORDS[failure].advice
}
