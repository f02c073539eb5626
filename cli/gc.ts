import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { readDuration, readGcSettings } from '../handlers/settings/gc-settings.ts'
import { ENVIRONMENT } from '../handlers/settings/variables.ts'
import { type Cleared, clearLeftovers, findLeftovers, type Survey } from '../src/spawner/gc.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { commandAudit } from './command-audit.ts'
import { environmentHelp } from './environment-help.ts'
import { UsageError } from './exit-code.ts'
import { gcForeign } from './gc-foreign.ts'
import { envOfHub } from './hub-env.ts'
import { hubOption } from './hub-option.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import { repeated } from './repeated.ts'

type GcOptions = {
  hub: string
  olderThan?: string
  yes: boolean
  json: boolean
  foreign: boolean
  remove: string[]
}

const HUB_API = [
  {
    title: 'With these environment variables, the hub is asked which servers it has',
    variables: ENVIRONMENT.flatMap(({ variables }) => variables).filter(({ name }) =>
      name.startsWith('SWARMSPAWNER_HUB_API'),
    ),
  },
]

/** `swarmspawner gc` */
export const gcCommand = (): Command =>
  new Command('gc')
    .description('list the services that a hub has left behind; remove them with --yes')
    .addOption(hubOption('the hub'))
    .option(
      '--older-than <duration>',
      'if no hub is asked: how long ago a server must have ended (default: 1h)',
    )
    .option('--yes', 'remove them', false)
    .option('--json', 'print JSON', false)
    .option(
      '--foreign',
      'list the servers that other spawners have left running, of any hub',
      false,
    )
    .addOption(
      repeated('--remove <service>', 'with --foreign: remove this service (its volumes stay)'),
    )
    .addHelpText(
      'after',
      ({ command }) => `
${environmentHelp(HUB_API, command.configureOutput().getOutHelpWidth?.())}

Without them, only servers that have ended are found.`,
    )
    .action(run)

const run = async ({ hub, ...options }: GcOptions): Promise<void> => {
  if (options.foreign && options.yes)
    throw new UsageError('--yes: name each service of another spawner with --remove <service>')
  if (options.foreign) return gcForeign(options)
  if (options.remove.length > 0)
    throw new UsageError('--remove: only with --foreign; --yes removes what the hub has left')
  const readFile = (path: string) => readFileSync(path, 'utf8')
  const { hubApis, ...settings } = readGcSettings(envOfHub(process.env, hub), {
    fetch,
    readFile,
  })
  const { olderThan } = options
  const olderThanMs =
    olderThan === undefined ? settings.olderThanMs : readDuration(olderThan, '--older-than')
  const audit = commandAudit(process.env, 'gc', options.yes)
  const spawner = createNodeSpawner(process.env, { audit })
  const signal = interruptSignal()
  const hubApi = hubApis.get(hub)
  const survey = await findLeftovers(spawner, { hub, hubApi, olderThanMs, signal })
  const done: Cleared[] = []
  for await (const cleared of clearLeftovers(spawner, survey, { isRemoving: options.yes, signal }))
    done.push(cleared)
  if (options.json) printJson(summary(hub, survey, done))
  else printSurvey({ hub, asked: [...hubApis.keys()] }, survey, done)
  const isUndone = options.yes && survey.doubt !== undefined
  if (isUndone || done.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
}

const summary = (
  hub: string,
  { services, isCompared, doubt, unread }: Survey,
  done: readonly Cleared[],
) => ({
  hub,
  services,
  compared_with_hub: isCompared,
  doubt: doubt ?? null,
  unread,
  leftovers: done,
})

const printSurvey = (
  { hub, asked }: { hub: string; asked: readonly string[] },
  { services, isCompared, doubt, unread }: Survey,
  done: readonly Cleared[],
): void => {
  for (const sentence of unread) print(`Could not be read: ${sentence}`)
  if (!isCompared)
    print(
      `No hub was asked, so only servers that have ended are found. ${howToCompare(hub, asked)}`,
    )
  if (done.length === 0)
    print(`The hub "${hub}" has left nothing behind. Services checked: ${services}.`)
  else printLeftovers(done)
  if (doubt !== undefined) print(`Nothing is removed, because ${doubt}`)
  else if (done.some(({ outcome }) => outcome === 'listed'))
    print(`With --yes, ${done.length} service(s) would be removed.`)
}

const howToCompare = (hub: string, asked: readonly string[]): string =>
  asked.length === 0
    ? 'To compare with the hub, set SWARMSPAWNER_HUB_API and SWARMSPAWNER_HUB_API_TOKEN.'
    : `SWARMSPAWNER_HUB_API and SWARMSPAWNER_HUB_API_TOKEN are for ${asked.join(', ')}: add ${hub}=... to both.`

const printLeftovers = (done: readonly Cleared[]): void =>
  printTable([
    ['USER', 'SERVER', 'SINCE', 'SERVICE', 'OUTCOME', 'WHY'],
    ...done.map((leftover) => [
      leftover.username,
      leftover.server_name || '-',
      leftover.created_at.slice(0, 19),
      leftover.service_name,
      leftover.outcome,
      'reason' in leftover ? `${leftover.why}; ${leftover.reason}` : leftover.why,
    ]),
  ])
