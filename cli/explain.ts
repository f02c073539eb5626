import type { Command } from 'commander'
import { jsonText } from '../handlers/every-call/json-text.ts'
import { readNodePolicy } from '../handlers/settings/policy.node.ts'
import { type Explanation, explain } from '../src/spawner/explain.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import { readJson, readProfile } from './read-profiles.ts'
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

const withProfile = (request: StartRequest, { profile }: ExplainOptions): StartRequest =>
  profile === undefined ? request : { ...request, profile: readProfile(profile) }

const withUserOptions = (
  request: StartRequest,
  { options, group }: ExplainOptions,
): StartRequest => ({
  ...request,
  groups: group,
  ...(options !== undefined && {
    user_options: readJson(options),
    config: { ...request.config, use_user_options: true },
  }),
})
