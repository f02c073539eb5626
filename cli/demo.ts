import { Command, Option } from 'commander'
import * as v from 'valibot'
import { importSecret } from '../handlers/caller/signature.ts'
import { serve } from '../handlers/node.ts'
import { ServerState } from '../src/spawner/state/server-state.ts'
import { type DemoEngine, demoEngine } from './demo-engine.ts'
import { UsageError } from './exit-code.ts'
import { createHubClient, type HubClient } from './hub-client.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson } from './print.ts'
import { ProblemAnswer } from './problem-answer.ts'
import { createProgress } from './progress-bar.ts'
import { sentenceOf, stateLines } from './state-lines.ts'

/** A small public image whose server listens on the notebook's port. */
const IMAGE = 'quay.io/jupyter/base-notebook:latest'

type DemoOptions = {
  image: string
  user: string
  serverName: string
  keep: boolean
  json: boolean
}

/** `swarmspawner demo` */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('start, poll and stop a server through the service, as a hub would')
    .option('--image <image>', 'the image of the notebook server', IMAGE)
    .option('--user <name>', 'the JupyterHub user', 'alice')
    .addOption(
      new Option('--server-name <name>', "the user's named server").default('', 'the default one'),
    )
    .option('--keep', 'leave the server running', false)
    .option('--json', 'print one JSON object for each step', false)
    .action(run)

const run = async (options: DemoOptions): Promise<void> => {
  const engine = await demoEngine(process.env)
  if (options.json) printJson({ step: 'engine', real: engine.isReal, sentence: engine.sentence })
  else print(engine.sentence)

  const secret = `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`
  const key = importSecret(secret)
  if (!key) throw new UsageError('the new secret is not valid')
  const hubs = [{ hub: 'demo', keys: [key] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
  const service = await serve(settings, engine.spawner, () => {})
  try {
    if (!options.json) print(`Service: ${service.url}, called with signed webhooks`)
    await walk(await createHubClient(service.url, secret), options, engine)
  } finally {
    await service.close()
  }
}

/**
 * Does everything that a hub does: start, poll, stop, poll. If the server fails, the demo ends; its service is
 * removed already.
 */
const walk = async (hub: HubClient, options: DemoOptions, engine: DemoEngine): Promise<void> => {
  const signal = interruptSignal()
  const server = { username: options.user, server_name: options.serverName }
  const say = options.json
    ? (step: string, state: ServerState) => printJson({ step, ...state })
    : (step: string, state: ServerState) => print(`${step.padEnd(5)} ${sentenceOf(state)}`)
  const ask = async (verb: 'poll' | 'stop', more: object = {}) => {
    const state = readState(await hub.call(verb, { server, ...more }, signal))
    say(verb, state)
    return state
  }

  const started = await showStart(hub, { server, options, signal })
  say('start', started)
  const fail = (state: ServerState) => {
    process.exitCode = 1
    if (!options.json) print(...advice(state, options, engine))
  }
  if (started.state !== 'running') return fail(started)
  // 2 s are enough to see whether the server stays. A server that ends at once also runs for a moment.
  const polled = await ask('poll', { cursor: started.cursor, wait_s: 2 })
  if (polled.status !== null) return fail(polled)
  if (options.keep) return
  await ask('stop')
  await ask('poll')
}

type Shown = {
  server: { username: string; server_name: string }
  options: DemoOptions
  signal: AbortSignal
}

/** Starts a server and shows the progress until it runs or has ended. */
const showStart = async (
  hub: HubClient,
  { server, options, signal }: Shown,
): Promise<ServerState> => {
  const progress = options.json ? undefined : createProgress(process.stdout)
  const data = {
    server,
    spawn_id: crypto.randomUUID(),
    issued_at: Date.now(),
    start_timeout: 300,
    config: { container_spec: { image: options.image } },
  }
  let latest: ServerState | undefined
  try {
    for await (const { event, data: state } of hub.follow(data, signal)) {
      if (event === 'problem') throw new ProblemAnswer(state)
      latest = readState(state)
      for (const shown of latest.events) progress?.show(shown)
    }
  } finally {
    progress?.end()
  }
  if (!latest) throw new ProblemAnswer(undefined)
  return latest
}

const readState = (answer: unknown): ServerState => {
  const state = v.safeParse(ServerState, answer)
  if (state.success) return state.output
  throw new ProblemAnswer(answer)
}

const advice = (state: ServerState, { image }: DemoOptions, engine: DemoEngine): string[] => {
  const isMissing =
    engine.isReal && /No such image|manifest|pull access denied/.test(state.reason ?? '')
  const hint = [
    `The Engine can't get ${image}. Choose an image that it has or can pull, and that keeps running:`,
    '  npm run demo -- --image <image>',
  ]
  // The sentence is above already.
  const [, ...lines] = stateLines(state)
  return [...lines, 'The service was removed again.', ...(isMissing ? hint : [])]
}
