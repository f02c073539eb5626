import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import * as v from 'valibot'
import { jsonText } from '../handlers/every-call/json-text.ts'
import { readNodePolicy } from '../handlers/settings/policy.node.ts'
import { type Explanation, explain } from '../src/spawner/explain.ts'
import { Profile } from '../src/spawner/settings/profile.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import { UsageError } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import { repeated } from './repeated.ts'
import { roomLines } from './room-lines.ts'
import {
  type StartOptions,
  serverCommand,
  startRequestOf,
  withStartOptions,
} from './server-options.ts'

type ExplainOptions = StartOptions & {
  policy?: string
  profile?: string
  options?: string
  group: string[]
}

/** 5 s: the Engine may be far away, and a person has asked. */
const PATIENCE_MS = 5000

/** `swarmspawner explain` */
export const explainCommand = (): Command =>
  withStartOptions(
    serverCommand(
      'explain',
      'show what a start would create, where each value comes from, what the policy says, and whether it fits now',
    ),
  )
    .option('--policy <file>', 'a policy in JSON or YAML (SWARMSPAWNER_POLICY)')
    .option(
      '--profile <file>',
      'JSON with the profile that the user takes: {"slug", "override", "choices"}',
    )
    .option(
      '--options <file>',
      "JSON with a user's options, used even if the hub does not allow them",
    )
    .addOption(repeated('--group <name>', 'a group of the user'))
    .action(run)

const run = async (options: ExplainOptions): Promise<void> => {
  const request = withUserOptions(withProfile(startRequestOf(options), options), options)
  const env = { ...process.env, ...(options.policy && { SWARMSPAWNER_POLICY: options.policy }) }
  const spawner = createNodeSpawner(process.env, {
    policy: await readNodePolicy(env),
    lookPatienceMs: PATIENCE_MS,
  })
  const explanation = await explain(spawner, options.hub, request, interruptSignal())
  if (!explanation.would_start) process.exitCode = 1
  if (options.json) return printJson(explanation)
  show(explanation)
}

const show = ({ service_name, url, ...explanation }: Explanation) => {
  const { spec, sources, policy, obstacles, warnings, would_start, fits, room } = explanation
  const refused = policy.filter(({ verdict }) => verdict === 'refused')
  print(would_start ? 'It would start.' : 'It would not start:')
  for (const { from, rule } of refused) print(`  ${from}: ${rule}`)
  for (const { from, reason } of obstacles) print(`  ${from}: ${reason}`)
  print('', ...roomLines({ fits, room }))
  for (const warning of warnings) print('', `warning: ${warning}`)
  print('', `${service_name}, at ${url}`, '', ...jsonText(spec, 2).split('\n'), '')
  printTable([['VALUE', 'FROM'], ...Object.entries(sources)])
  print('')
  printTable([
    ['SETTING', 'VERDICT', 'RULE'],
    ...policy.map((one) => [one.from, one.verdict, one.rule]),
  ])
}

/** The hub alone knows its profiles, so the file has what the hub would send. */
const withProfile = (request: StartRequest, { profile }: ExplainOptions): StartRequest => {
  if (profile === undefined) return request
  const { success, output, issues } = v.safeParse(Profile, readOptions(profile))
  if (success) return { ...request, profile: output }
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'all of it')
  throw new UsageError(`${profile}: not a profile: ${fields.join(', ')}`)
}

const withUserOptions = (
  request: StartRequest,
  { options, group }: ExplainOptions,
): StartRequest => ({
  ...request,
  groups: group,
  ...(options !== undefined && {
    user_options: readOptions(options),
    config: { ...request.config, use_user_options: true },
  }),
})

const readOptions = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: can't be read as JSON`, { cause })
  }
}
