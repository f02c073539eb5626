import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import * as v from 'valibot'
import { issueWords } from '../src/spawner/issue-words.ts'
import type { ServerKey } from '../src/spawner/server/server-key.ts'
import type { HubConfig } from '../src/spawner/settings/hub-config.ts'
import { PullPolicy } from '../src/spawner/settings/pull-policy.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import { UsageError } from './exit-code.ts'
import { hubOption } from './hub-option.ts'
import { repeated } from './repeated.ts'

/** The options that name the server of a command. */
export type ServerOptions = {
  user: string
  serverName: string
  servicePrefix?: string
  hub: string
  json: boolean
}

/** The options of a start. */
export type StartOptions = ServerOptions & {
  image?: string
  pullPolicy?: PullPolicy
  network: string[]
  env: string[]
  config?: string
  timeout: number
}

/** One day. Timers have no more than 24 days: with more, they fire at once. */
const MOST_SECONDS = 86_400

/** Reads a number of seconds, at most one day. */
export const seconds = (value: string): number => {
  const number = Number(value)
  if (!(number > 0 && number <= MOST_SECONDS))
    throw new InvalidArgumentError(
      `It must be a number of seconds, such as 60, and at most ${MOST_SECONDS}.`,
    )
  return number
}

/** Makes a command with the options that name a server. */
export const serverCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .requiredOption('--user <name>', 'the JupyterHub user (required)')
    .addOption(
      new Option('--server-name <name>', "the user's named server").default('', 'the default one'),
    )
    .option(
      '--service-prefix <prefix>',
      'the same as c.SwarmSpawner.service_prefix, if that is set',
    )
    .addOption(hubOption('the hub that the server belongs to'))
    .option('--json', 'print JSON', false)

/** Adds the options that say what a server is made of. */
export const withStartOptions = (command: Command): Command =>
  command
    .option('--image <image>', 'the image of the notebook server')
    .addOption(
      new Option('--pull-policy <when>', 'when its registry is asked').choices(PullPolicy.options),
    )
    .addOption(repeated('--network <name>', 'an overlay network to join'))
    .addOption(repeated('--env <NAME=value>', 'a variable of its environment'))
    .option('--config <file>', 'a JSON file with settings of c.SwarmSpawner, by name')
    .addOption(
      new Option('--timeout <seconds>', 'how long it may take to start')
        .default(60)
        .argParser(seconds),
    )

/** The server that the options name. */
export const serverOf = ({ user, serverName, servicePrefix }: ServerOptions): ServerKey => ({
  username: user,
  server_name: serverName,
  ...(servicePrefix !== undefined && { service_prefix: servicePrefix }),
})

/** The start that the options describe. Options win over the file, and the file over `base`. */
export const startRequestOf = (options: StartOptions, base: HubConfig = {}): StartRequest => {
  const { image, pullPolicy, network, env, config, timeout } = options
  const fromFile = readSettings({ ...base, ...(config !== undefined && readConfig(config)) })
  const { image: _, Image: __, ...rest } = fromFile.container_spec ?? {}
  const spec = image === undefined ? fromFile.container_spec : { ...rest, image }
  return parseRequest({
    server: serverOf(options),
    start_timeout: timeout,
    env: Object.fromEntries(env.map((one) => splitPair(one, '--env must be NAME=value'))),
    config: {
      ...fromFile,
      ...(spec && { container_spec: spec }),
      ...(pullPolicy && { pull_policy: pullPolicy }),
      ...(network.length > 0 && { networks: network }),
    },
  })
}

const Config = v.looseObject({
  container_spec: v.nullish(v.record(v.string(), v.unknown())),
})

const readConfig = (file: string): object => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson(), v.looseObject({})), readText(file))
  if (json.success) return json.output
  throw new UsageError(`${file}: must be a JSON object of settings`)
}

const readSettings = (settings: object): v.InferOutput<typeof Config> => {
  const result = v.safeParse(Config, settings)
  if (result.success) return result.output
  throw wrongSettings(result.issues)
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`${file}: can't be read`, { cause })
  }
}

const parseRequest = (input: unknown): StartRequest => {
  const result = v.safeParse(StartRequest, input)
  if (result.success) return result.output
  throw wrongSettings(result.issues)
}

/** Names settings as a configuration does: without the field of the call that has them. */
const wrongSettings = (issues: readonly v.BaseIssue<unknown>[]): UsageError => {
  const told = issues.map((issue) => {
    const path = v.getDotPath(issue) ?? 'request'
    return `${path.replace(/^config\./, '')}: ${issueWords(issue)}`
  })
  return new UsageError(told.join('; '))
}

/** Splits a text at its first `=`. Throws UsageError with the sentence if it has none. */
export const splitPair = (text: string, expected: string): [string, string] => {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(expected)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
