import { readMaintenance } from '../maintenance/maintenance-words.ts'
import { ADDRESS_ADVICE, ADDRESS_TROUBLES } from './address-words.ts'
import { HEALTH_WAIT } from './health-words.ts'
import { NAMED_RESOURCES_ADVICE } from './named-resources.ts'
import { isPullFailure, PULL_ADVICE, type PullFailure, readPullFailure } from './pull-failure.ts'
import { RESTING } from './resting-words.ts'
import { COPY_REFUSED, NO_ENTRY } from './volume-words.ts'

/** What a reason tells. user-message.ts has a sentence for each kind. */
export type ReasonKind =
  | PullFailure
  | 'time_over'
  | 'mount_failed'
  | 'no_node_fits'
  | 'no_room'
  | 'no_node_free'
  | 'no_longer_fits'
  | 'not_equipped'
  | 'network_missing'
  | 'network_failed'
  | 'no_address'
  | 'network_not_set_up'
  | 'not_allocated'
  | 'unhealthy'
  | 'not_checked_yet'
  | 'out_of_memory'
  | 'maybe_out_of_memory'
  | 'killed'
  | 'crashed'
  | 'stopped'
  | 'ended'
  | 'ended_before'
  | 'program_missing'
  | 'wrong_user'
  | 'not_startable'
  | 'node_lost'
  | 'drained'
  | 'maintenance'
  | 'nodes_in_maintenance'
  | 'nodes_resting'
  | 'scaled_to_none'
  | 'changed'
  | 'shut_down'
  | 'removed'
  | 'leaving'
  | 'superseded'
  | 'unreadable'
  | 'still_pulling'
  | 'timed_out'
  | 'unknown'

export type Reason = {
  kind: ReasonKind
  advice: string | null
  /** Whether `start_timeout` was over while the server waited for this. */
  isTimeOver: boolean
}

type Row = [words: RegExp, advice: string | null, kind: ReasonKind]

const NO_ANSWER =
  "The storage of a volume does not answer: check that the node reaches the address in its driver's options"

/**
 * The words of reasons other than pulls, with advice for an admin, and the kind of sentence for the user. The
 * first row that matches counts. The Engine's words are the same from Engine 20.10 to 29.7.
 */
const REASONS: readonly Row[] = [
  [/^The state of \S+ is not known: /, null, 'unreadable'],
  [/^Its time of [\w ]+ was over$/, null, 'time_over'],
  [
    /^Node .*(?: is down\b| was removed from the swarm$)/,
    'Start the server again: it gets another node. Its volumes stay where they are',
    'node_lost',
  ],
  [/^Node .* was drained$/, null, 'drained'],
  [/^The service was scaled to 0 /, null, 'scaled_to_none'],
  [/^The service was removed while |^Its service is gone: /, null, 'removed'],
  [/^The service is removed; /, null, 'leaving'],
  [/^A newer start of this server /, null, 'superseded'],
  [/^Swarm shut the task down$|^task (?:shutdown|remove)\b/, null, 'shut_down'],
  [/^task orphaned\b/, null, 'node_lost'],
  [
    /^An earlier task of this server has ended, and the swarm /,
    'Keep the ends of tasks, so that their cause can be told: docker swarm update --task-history-limit 5',
    'ended_before',
  ],
  [/^the former task: (?:complete|failed|rejected)$/, null, 'ended'],
  [/^the former task: /, null, 'changed'],
  [
    /^(?:Preparing|Still preparing) on .*: (?:the image is pulled if it is not there yet|it downloads the image(?: if it does not have it)?)$/,
    null,
    'still_pulling',
  ],
  [
    /bind source path does not exist/,
    'Create the directory on every node that may run the server, or mount a volume instead',
    'mount_failed',
  ],
  [/^invalid mount config\b/, null, 'mount_failed'],
  // Before the row about programs: the words of a mount end with "no such file or directory" as well.
  [
    /cannot access path |escapes the base directory/,
    'The volume does not have the directory that the mount names as its subpath: create it in the volume, or correct the subpath',
    'mount_failed',
  ],
  [
    /no such device|error while mounting volume|failed to mount|: error mounting "/,
    "The node could not mount a volume: check that the device of its driver's options exists on the node, the other options, and that the nodes have the client of the file system (NFS, CIFS). The options of an existing volume stay: docker volume rm it to change them",
    'mount_failed',
  ],
  [
    RESTING,
    'If it may take servers again: docker node update --availability active <node>',
    'nodes_resting',
  ],
  [
    COPY_REFUSED,
    "The Engine may not copy the image's files into the volume, because its storage takes the root of the nodes for nobody (root_squash of NFS): set no_copy: True in mounts, and give the folder to the user of the container (chown 1000)",
    'mount_failed',
  ],
  [
    NO_ENTRY,
    'The user of the container may not enter the directory in which its program starts: give the folder of the volume to that user (chown 1000 on the NFS server)',
    'mount_failed',
  ],
  [/^Waiting for the volumes: /, NO_ANSWER, 'mount_failed'],
  // Nobody knows whether its volumes are attached.
  [/^Waiting for the volumes, or /, NO_ANSWER, 'timed_out'],
  // Of several nodes, one that is busy is what the server waits for.
  [
    /insufficient resources/,
    'No node has enough free CPU, memory or generic resources for what the server reserves: reserve less, or add a node',
    'no_room',
  ],
  [
    /^range of CPUs is from /,
    'The limit of CPUs is more than the node has: lower cpu_limit (SERVER_CPUS in the stack), or place the servers on nodes with more CPUs',
    'no_room',
  ],
  [
    /scheduling constraints not satisfied/,
    'No node meets the placement constraints: compare them with docker node inspect, or add the label with docker node update --label-add',
    'no_node_fits',
  ],
  [
    /unsupported platform/,
    'The image is for another kind of processor than the nodes have',
    'platform',
  ],
  [
    /missing plugin/,
    'No node has the volume, network or log driver: install it on the nodes',
    'not_equipped',
  ],
  [/^no suitable node\b/, null, 'no_node_free'],
  [
    /assigned node no longer meets constraints/,
    `The labels or the role of the node were changed. If the server reserves generic resources: ${NAMED_RESOURCES_ADVICE}`,
    'no_longer_fits',
  ],
  [
    /^network .+ not found|predefined swarm network/,
    'Create it on a manager: docker network create --driver overlay --attachable <name>',
    'network_missing',
  ],
  [
    /cannot be used with services/,
    'A service needs an overlay network: docker network create --driver overlay --attachable <name>',
    'network_missing',
  ],
  [ADDRESS_TROUBLES.full, ADDRESS_ADVICE.full, 'no_address'],
  [ADDRESS_TROUBLES.not_set_up, ADDRESS_ADVICE.not_set_up, 'network_not_set_up'],
  [ADDRESS_TROUBLES.not_told, ADDRESS_ADVICE.not_told, 'not_allocated'],
  [/network attachments|network sandbox|container networking/, null, 'network_failed'],
  [
    HEALTH_WAIT,
    "Swarm takes a server for running only when its health check has passed: set a shorter interval (healthcheck: {'interval': '5s'}), or switch the check off (healthcheck: {'test': ['NONE']})",
    'not_checked_yet',
  ],
  [
    /unhealthy container/,
    'Its health check kept failing: see the last lines of its log, and the healthcheck of the settings or of the image',
    'unhealthy',
  ],
  [
    /non-zero exit \(137\): OOMKilled$/,
    'It was killed for using more memory than it may: raise mem_limit, or look at what it does',
    'out_of_memory',
  ],
  [
    /non-zero exit \(137\)/,
    'It was killed, most often because it used more memory than its limit: raise mem_limit, or look at what it does',
    'maybe_out_of_memory',
  ],
  [
    /non-zero exit \(12[67]\)|executable file not found|starting container failed: .*no such file/,
    "The image does not have the program to run: check cmd, args, and container_spec's command and args",
    'program_missing',
  ],
  [/^task: non-zero exit \((?:129|130|143)\)/, null, 'stopped'],
  [/^task: non-zero exit \(13[2-9]\)/, null, 'crashed'],
  [/^task: non-zero exit \(/, null, 'ended'],
  [/^task (?:failed|complete)\b/, null, 'ended'],
  [
    /unable to find user/,
    'The image does not have the user: check the user of container_spec, and the image',
    'wrong_user',
  ],
  [/no space left on device/, PULL_ADVICE.disk_full, 'disk_full'],
  [/^starting container failed: |working directory .* is invalid/, null, 'not_startable'],
]

/** Reads a reason: what kind it is, and what an admin can do about it, if we know. */
export const readReason = (reason: string): Reason => {
  const words = reason.replace(TIME_IS_OVER, '')
  const isTimeOver = words !== reason
  // Its message is a person's text, which may look like any other reason.
  const maintenance = readMaintenance(words)
  if (maintenance) return { kind: maintenance.kind, advice: MAINTENANCE_ADVICE, isTimeOver }
  const failure = readPullFailure(words)
  if (failure) return { kind: failure, advice: PULL_ADVICE[failure], isTimeOver }
  if (isPullFailure(words)) return { kind: 'not_told', advice: null, isTimeOver }
  const [, advice = null, kind = isTimeOver ? 'timed_out' : 'unknown'] =
    REASONS.find(([known]) => known.test(words)) ?? []
  return { kind, advice, isTimeOver }
}

const MAINTENANCE_ADVICE = 'swarmspawner drain <node> --undo ends the maintenance'

/** Stands before what a start waited for when its time was over. */
export const TIME_IS_OVER = /^Not running within \S+ s: /

/** What an admin can do about the Engine's reason; null when we do not know. */
export const adviceOn = (reason: string | null): string | null =>
  reason === null ? null : readReason(reason).advice
