import { readMaintenance } from '../maintenance/maintenance-words.ts'
import { type Reason, type ReasonKind, readReason, TIME_IS_OVER } from './advice.ts'

/** Whose turn it is. */
const TURNS = {
  image: 'Please choose another image, or tell your administrator.',
  choice: 'Please choose something else, or tell your administrator.',
  admin: 'Please tell your administrator.',
  later: 'Please try again in a few minutes. If it still fails, tell your administrator.',
  when_free: 'Please try again when others have stopped theirs, or tell your administrator.',
  again: 'Please try again. If it fails again, tell your administrator.',
  restart: 'Please start it again. If it stops again, tell your administrator.',
  start_again: 'You may start it again.',
  own_start: 'You may start your server again. If you cannot, tell your administrator.',
  after: 'Please try again when that is over, or tell your administrator.',
  less: 'Please start it again and use less memory, or tell your administrator.',
  wait: 'Please wait a minute before you start it again.',
  wait_for_it: 'Please wait for it.',
  wait_or_tell: 'Please wait. If this stays so, tell your administrator.',
} as const

type Sentence = readonly [what: string, turn: keyof typeof TURNS]

const FETCHED_FROM = 'The computer that images are fetched from'

/**
 * What happened, for the user, and whose turn it is. The sentences have no names and none of the Engine's
 * words.
 */
const SENTENCES: Readonly<Record<ReasonKind, Sentence>> = {
  not_told: ['The image of this server could not be fetched.', 'image'],
  unknown_image: ['The image of this server does not exist.', 'image'],
  no_access: ['This system has no access to the image of this server.', 'image'],
  unreachable: [`${FETCHED_FROM} cannot be reached.`, 'later'],
  slow: [`${FETCHED_FROM} does not answer.`, 'later'],
  certificate: [`${FETCHED_FROM} is not set up correctly.`, 'admin'],
  platform: ['The image of this server is for another kind of computer.', 'image'],
  not_a_registry: [`${FETCHED_FROM} is not set up correctly.`, 'admin'],
  wrong_digest: ['The image of this server is damaged.', 'image'],
  rate_limit: [`${FETCHED_FROM} gives no more images at the moment.`, 'later'],
  registry_fails: [`${FETCHED_FROM} does not work at the moment.`, 'later'],
  disk_full: ['The disk of the computer that runs this server is full.', 'admin'],
  still_pulling: [
    'The image of this server was still being fetched when the time was up.',
    'later',
  ],
  timed_out: ['Your server was not ready in time.', 'again'],
  time_over: ['The time of your server was over, so it was ended.', 'start_again'],
  mount_failed: ['A folder or disk that your server needs could not be attached.', 'admin'],
  network_missing: ['A network that your server needs does not exist.', 'admin'],
  no_address: ['There is no room in the network for another server.', 'when_free'],
  network_not_set_up: ['The network of the servers is not set up correctly.', 'admin'],
  not_allocated: ['The system has not taken your server in yet.', 'later'],
  network_failed: ['Your server could not be connected to its network.', 'again'],
  not_equipped: ['No computer of this system has all that your server needs.', 'admin'],
  no_node_fits: ['No computer of this system can run a server of this kind.', 'choice'],
  no_room: ['No computer of this system is large enough for your server.', 'choice'],
  no_longer_fits: ['The computer that ran your server may not run it any more.', 'admin'],
  no_node_free: ['No computer of this system could take your server.', 'later'],
  program_missing: ['The program of your server is missing, or cannot be run.', 'image'],
  wrong_user: ['The image of your server does not fit the way it is started.', 'image'],
  not_startable: ['The program of your server could not be started.', 'admin'],
  not_checked_yet: [
    'Your server was started, but nothing had checked in time whether it works.',
    'admin',
  ],
  unhealthy: ['Your server was started, but did not work as it should.', 'again'],
  ended: ['The program of your server ended with an error.', 'again'],
  ended_before: ['Your server has ended while it started.', 'again'],
  crashed: ['The program of your server crashed.', 'again'],
  out_of_memory: ['Your server used more memory than it may, and was ended.', 'less'],
  maybe_out_of_memory: [
    'Your server was ended by force, most likely because it used too much memory.',
    'less',
  ],
  killed: ['Your server was ended by force.', 'restart'],
  stopped: ['The program of your server was told to stop.', 'restart'],
  shut_down: ['This system has stopped your server.', 'restart'],
  node_lost: ['The computer that ran your server has failed.', 'restart'],
  drained: ['The computer that ran your server is taken out of service.', 'restart'],
  maintenance: ['Your administrator has stopped this computer for maintenance.', 'own_start'],
  nodes_in_maintenance: ['The computers that could run your server are in maintenance.', 'after'],
  nodes_resting: ['The computers that could run your server are out of service.', 'after'],
  scaled_to_none: ['Somebody has switched your server off.', 'restart'],
  changed: ['Somebody has changed or moved your server.', 'restart'],
  removed: ['Your server is gone: somebody removed it, or it has ended before.', 'restart'],
  leaving: ['Your server is stopped, but its computer has not tidied up yet.', 'wait'],
  superseded: ['A newer start of your server is on its way.', 'wait_for_it'],
  unreadable: ['This system cannot see at the moment how your server is.', 'wait_or_tell'],
  unknown: ['Something went wrong with your server that this system does not know.', 'admin'],
}

const FULL: Sentence = ['All computers of this system are busy.', 'later']
const ENDED_WELL =
  'Your server has ended, without an error. Please start it again. If it ends at once, tell your administrator.'
const STOPPING = 'Your server is being stopped.'

/**
 * The sentence for the user of a server in this state. Undefined if it starts or runs without trouble, or was
 * stopped.
 */
export const userMessage = ({
  state,
  reason,
}: {
  state: string
  reason: string | null
}): string | undefined => {
  if (reason === null) return state === 'exited' ? ENDED_WELL : undefined
  const known = readReason(reason)
  if (state === 'running') return sentenceOfRunning(known)
  if (state === 'stopping') return sentenceOfStopping(known)
  if (state === 'starting') return sentenceOfStarting(known, reason)
  const isFull = known.kind === 'no_room' && known.isTimeOver
  return sentence(isFull ? FULL : SENTENCES[known.kind], reason)
}

/** The sentence for the user of a start whose time is over while it waits for something. */
export const timeoutMessage = (waitedFor: string): string => {
  const { kind } = readReason(waitedFor)
  // Its sentence tells people to wait, and the start is over.
  if (kind === 'unknown' || kind === 'unreadable') return sentence(SENTENCES.timed_out)
  return sentence(kind === 'no_room' ? FULL : SENTENCES[kind], waitedFor)
}

/** The sentence for a kind of reason. If the user chose something, it may be the cause of all that is not to be waited for. */
export const sentenceOn = (kind: ReasonKind, hasChosen = false, reason = ''): string => {
  const [what, turn] = SENTENCES[kind]
  return sentence([what, hasChosen && turn === 'admin' ? 'choice' : turn], reason)
}

const sentence = ([what, turn]: Sentence, reason = ''): string =>
  `${withCode(withMessage(what, reason), reason)} ${TURNS[turn]}`

/** Adds what an administrator has written about a maintenance. */
const withMessage = (what: string, reason: string): string => {
  const { message = '' } = readMaintenance(reason.replace(TIME_IS_OVER, '')) ?? {}
  if (message === '') return what
  return `${what.replace(/\.$/, '')}: ${message}${/[.!?\u2026]$/.test(message) ? '' : '.'}`
}

/** Adds the exit code to a program's end. An admin who hears it knows more. */
const withCode = (what: string, reason: string): string => {
  const [, code] =
    /^(?:Not running within \S+ s: )?task: non-zero exit \((\d{1,10})\)$/.exec(reason) ?? []
  return code === undefined
    ? what
    : what.replace(/(an error|crashed)\.$/, `$1 (exit code ${code}).`)
}

/** While a server starts, Swarm tries again by itself. What only an admin can end is said at once. */
const sentenceOfStarting = ({ kind }: Reason, reason: string): string => {
  const [what, turn] = kind === 'no_room' ? FULL : SENTENCES[kind]
  if (turn === 'admin' || turn === 'wait_or_tell') return sentence([what, turn], reason)
  return `${withCode(what, reason)} Please wait: it is tried again by itself.`
}

const sentenceOfStopping = ({ kind }: Reason): string => {
  const what = kind === 'drained' || kind === 'maintenance' ? SENTENCES[kind][0] : STOPPING
  return `${what} Please wait until it has stopped, and start it again.`
}

/** What the user is told of a server that runs after a failure, or beside a change that failed. */
const sentenceOfRunning = ({ kind }: Reason): string => {
  const before =
    kind === 'changed'
      ? 'Somebody has changed or moved your server.'
      : 'Your server, or a change to it, failed before.'
  return `${before} It runs now. If something is missing or does not work, tell your administrator.`
}
