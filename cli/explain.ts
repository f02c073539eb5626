import type { Command } from 'commander'
import { jsonText } from '../handlers/every-call/json-text.ts'
import { readNodePolicy } from '../handlers/settings/policy.node.ts'
import { type Explanation, explain } from '../src/spawner/explain.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import { chooseProfile } from './choose-profile.ts'
import { UsageError } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import { readJson, readProfile, readProfilesFile } from './read-profiles.ts'
import { repeated } from './repeated.ts'
import { roomLines } from './room-lines.ts'
import {
  type StartOptions,
  serverCommand,
  splitPair,
  startRequestOf,
  withStartOptions,
} from './server-options.ts'

type ExplainOptions = StartOptions & {
  policy?: string
  profiles?: string
  profile?: string
  choice: string[]
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
      '--profiles <file>',
      "the hub's settings and profiles, as python3 -m swarmspawner profiles writes them (SWARMSPAWNER_PROFILES)",
    )
    .option(
      '--profile <slug>',
      'the profile of that file which the user takes (default: the first, or the one with "default"); or a file with one profile in JSON: {"slug", "override", "choices"}',
    )
    .addOption(
      repeated(
        '--choice <option=slug>',
        'a choice of the profile; or a text that the user types, which is not compared with validation_regex',
      ),
    )
    .option(
      '--options <file>',
      "JSON with a user's options, used even if the hub does not allow them",
    )
    .addOption(repeated('--group <name>', 'a group of the user'))
    .action(run)

const run = async (options: ExplainOptions): Promise<void> => {
  const request = withUserOptions(profiledRequest(options), options)
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

/** The request of a start with the profile that the options name. Options win over the settings of the file with the profiles. */
const profiledRequest = (options: ExplainOptions): StartRequest => {
  const { profile: name, user, group: groups, choice } = options
  const file = options.profiles ?? process.env['SWARMSPAWNER_PROFILES']
  if (!file) {
    if (choice.length > 0) throw new UsageError('--choice needs --profiles <file>')
    const request = startRequestOf(options)
    return name === undefined
      ? request
      : { ...request, profile: readProfile(name, { user, groups }) }
  }
  const { config, profiles } = readProfilesFile(file)
  const request = startRequestOf(options, config)
  if (name?.includes('/') || name?.endsWith('.json'))
    return { ...request, profile: readProfile(name, { user, groups }) }
  const choices = new Map(choice.map((one) => splitPair(one, '--choice must be option=slug')))
  return { ...request, profile: chooseProfile(profiles, { user, groups, slug: name, choices }) }
}

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
