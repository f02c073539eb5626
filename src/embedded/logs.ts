import type { Context } from 'hono'
import frames from '../../fixtures/28.5/service-logs.200.json' with { type: 'json' }
import raw from '../../fixtures/28.5/service-logs.tty.200.json' with { type: 'json' }
import { findService } from './find-service.ts'
import { startedAt } from './life/run.ts'
import { tasksOfRun } from './service-runs.ts'
import type { EmbeddedRun, Swarm } from './swarm.ts'
import { liveStream } from './wire/live-stream.ts'
import { isTrue } from './wire/query-boolean.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { unrecordedRefusal } from './wire/refusal.ts'
import { timestamp } from './wire/timestamp.ts'

type Line = {
  at: number
  task: string
  run: EmbeddedRun
  stream: 'stdout' | 'stderr'
  text: string
}
type LogOptions = { isTty: boolean; timestamps: boolean; details: boolean }

const FOLLOW_MS = 100

/**
 * `GET /services/{id}/logs`: the lines that the scenario gives to the containers; with `follow` until the
 * client leaves.
 */
export const serviceLogs = (swarm: Swarm) => (c: Context) => {
  const service = findService(swarm, c.req.param('id') ?? '')
  const streams = ['stdout', 'stderr'].filter((stream) => isTrue(c.req.query(stream)))
  if (streams.length === 0)
    throw unrecordedRefusal(500, 'Bad parameters: you must choose at least one stream')
  const isTty = service.spec.TaskTemplate?.ContainerSpec?.TTY === true
  const options = {
    isTty,
    timestamps: isTrue(c.req.query('timestamps')),
    details: isTrue(c.req.query('details')),
  }
  const lines = () =>
    linesOf(swarm, service.id).filter(({ stream }) => isTty || streams.includes(stream))
  const first = tailOf(lines(), c.req.query('tail'))
  const recorded = isTty ? raw : frames
  if (!isTrue(c.req.query('follow'))) return recordedAnswer(recorded, encodeAll(first, options))
  return recordedAnswer(recorded, follow(c.req.raw.signal, first, lines, options))
}

const follow = (
  signal: AbortSignal,
  first: readonly Line[],
  lines: () => Line[],
  options: LogOptions,
): ReadableStream<Uint8Array> =>
  liveStream(signal, ({ send }) => {
    let newest = lines().at(-1)?.at ?? 0
    if (first.length > 0) send(encodeAll(first, options))
    const timer = setInterval(() => {
      const added = lines().filter(({ at }) => at > newest)
      newest = added.at(-1)?.at ?? newest
      if (added.length > 0) send(encodeAll(added, options))
    }, FOLLOW_MS)
    return () => clearInterval(timer)
  })

/** The lines of all containers of the service's listed tasks, the oldest first. */
const linesOf = (swarm: Swarm, serviceId: string): Line[] =>
  swarm.runs
    .filter((run) => run.serviceId === serviceId)
    .flatMap((run) => tasksOfRun(swarm, run))
    .flatMap(({ id, run, attempt }) => {
      const at = startedAt(run, attempt, swarm.clock())
      const log = at === undefined ? [] : (run.scenario.log ?? [])
      return log.map((text, index) => lineOf(text, { at: (at ?? 0) + index / 1000, task: id, run }))
    })
    .sort((a, b) => a.at - b.at)

const lineOf = (text: string, origin: { at: number; task: string; run: EmbeddedRun }): Line =>
  text.startsWith('out: ')
    ? { ...origin, stream: 'stdout', text: text.slice('out: '.length) }
    : { ...origin, stream: 'stderr', text }

/** The last lines of each task: Swarm applies the tail to each task separately. */
const tailOf = (lines: readonly Line[], tail = 'all'): Line[] => {
  const count = Number(tail)
  if (Number.isNaN(count)) return [...lines]
  const byTask = Map.groupBy(lines, ({ task }) => task)
  return [...byTask.values()].flatMap((own) => (count > 0 ? own.slice(-count) : []))
}

const encodeAll = (lines: readonly Line[], options: LogOptions): Uint8Array => {
  const parts = lines.map((line) => encode(line, options))
  const all = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0))
  parts.reduce((offset, part) => {
    all.set(part, offset)
    return offset + part.length
  }, 0)
  return all
}

/**
 * Writes one line as a frame of `[stream, 0, 0, 0, length]` and the text. With a terminal, the line has no
 * frame.
 */
const encode = (line: Line, { isTty, timestamps, details }: LogOptions): Uint8Array => {
  const time = timestamps ? `${timestamp(line.at)} ` : ''
  const text = `${time}${details ? detailsOf(line) : ''}${line.text}${isTty ? '\r' : ''}\n`
  const bytes = new TextEncoder().encode(text)
  if (isTty) return bytes
  const frame = new Uint8Array(8 + bytes.length)
  frame[0] = line.stream === 'stdout' ? 1 : 2
  new DataView(frame.buffer).setUint32(4, bytes.length)
  frame.set(bytes, 8)
  return frame
}

const detailsOf = ({ run, task }: Line): string => {
  const ids = { node: run.nodeId, service: run.serviceId, task }
  const pairs = Object.entries(ids).map(([kind, id]) => `com.docker.swarm.${kind}.id=${id}`)
  return `${pairs.join(',')} `
}
