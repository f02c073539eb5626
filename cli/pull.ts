import { Command, InvalidArgumentError, Option } from 'commander'
import { problemOf } from '../handlers/errors.ts'
import { type Pulled, pullEach } from '../src/spawner/images/due-set.ts'
import type { WantedImage } from '../src/spawner/images/pull-ahead.ts'
import type { PullReport } from '../src/spawner/images/pull-report.ts'
import { mergeWanted, wantedImage } from '../src/spawner/images/wanted-images.ts'
import { isSettled, watchPulls } from '../src/spawner/images/watch-pulls.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { commandAudit } from './command-audit.ts'
import { UsageError } from './exit-code.ts'
import { hubOption } from './hub-option.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printError, printJson, printTable } from './print.ts'
import { nodeRows, pullLines } from './pull-lines.ts'
import { readProfiles } from './read-profiles.ts'
import { repeated } from './repeated.ts'

type PullOptions = {
  hub: string
  profiles: string[]
  constraint: string[]
  platform: string[]
  timeout: number
  detach: boolean
  json: boolean
}

/** `swarmspawner pull` */
export const pullCommand = (): Command =>
  new Command('pull')
    .description('make every node that would run an image download it, and wait until it is there')
    .argument('[image...]', 'images, such as quay.io/jupyter/base-notebook:latest')
    .addOption(hubOption('the hub that needs them'))
    .addOption(
      repeated(
        '--profiles <file>',
        'JSON with a profile, or a list of them, whose images are pulled: {"slug", "override", "choices"}',
      ),
    )
    .addOption(
      repeated('--constraint <constraint>', 'only on these nodes, such as node.role==worker'),
    )
    .addOption(repeated('--platform <platform>', 'only on these nodes, such as linux/amd64'))
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the nodes')
        .argParser(readSeconds)
        .default(600),
    )
    .option('--detach', 'do not wait', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
The images stay due until "swarmspawner images --remove" takes them off: the service has nodes that join later
download them, too. Nothing of an image is run.`,
    )
    .action(run)

const readSeconds = (text: string): number => {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds
  throw new InvalidArgumentError('Write seconds, at most 86400.')
}

const run = async (images: string[], options: PullOptions): Promise<void> => {
  const { hub, json, detach, timeout } = options
  const wanted = readWanted(images, options)
  const audit = commandAudit(process.env, 'pull')
  const spawner = createNodeSpawner(process.env, { audit })
  const signal = interruptSignal()
  const pulled = await pullEach(spawner, wanted, signal)
  const errors = pulled.flatMap((one) => ('error' in one ? [one] : []))
  // If no image can be asked for, the error says more than a list of them, and gives the exit code.
  const [first] = errors
  if (first && errors.length === pulled.length) throw first.error
  let reports = pulled.flatMap((one) => ('report' in one ? [one.report] : []))
  if (!detach) {
    const jobs = reports.map(({ job }) => job)
    let told: readonly PullReport[] = []
    for await (const seen of watchPulls(spawner, {
      hub,
      jobs,
      timeoutMs: timeout * 1000,
      signal,
    })) {
      if (!json) print(...pullLines(told, seen))
      told = seen
      reports = seen
    }
  }
  if (json) printJson(pulled.map((one) => answerOf(one, reports)))
  else show(reports)
  for (const { wanted, error } of json ? [] : errors)
    printError(`error: ${wanted.image}: ${error.message}`)
  if (errors.length > 0 || (!detach && reports.some(isMissing))) process.exitCode = 1
}

const readWanted = (images: readonly string[], options: PullOptions): WantedImage[] => {
  const { hub, profiles, constraint: constraints, platform: platforms } = options
  const placement = { constraints, platforms }
  const named = images.map((image) => ({
    ...wantedImage(hub, { config: { service_image: image, placement } }),
    why: 'swarmspawner pull',
  }))
  const ofProfiles = profiles.flatMap(readProfiles).flatMap((profile) => {
    const config = { service_image: NO_IMAGE, placement }
    const wanted = wantedImage(hub, { config, profile })
    if (wanted.image !== NO_IMAGE) return [{ ...wanted, why: `profile ${profile.slug}` }]
    printError(`profile ${profile.slug}: has no image of its own, and is left out`)
    return []
  })
  const wanted = mergeWanted([...named, ...ofProfiles])
  if (wanted.length === 0) throw new UsageError('pull: name an image, or give --profiles <file>')
  return wanted
}

/** Stands for the image of the hub, which the file of a profile does not have. */
const NO_IMAGE = 'swarmspawner/image-of-the-hub'

/** A node that is gone is no failure: it cannot be asked, and gets the image when it comes back. */
const isMissing = (report: PullReport): boolean =>
  report.nodes.length === 0 ||
  !isSettled(report) ||
  report.nodes.some(({ state }) => state === 'failed')

const answerOf = (pulled: Pulled, reports: readonly PullReport[]) =>
  'error' in pulled
    ? { asked: pulled.wanted.image, report: null, problem: problemOf(pulled.error) }
    : {
        asked: pulled.wanted.image,
        report: reports.find(({ job }) => job === pulled.report.job) ?? pulled.report,
        problem: null,
      }

const show = (reports: readonly PullReport[]): void => {
  for (const { image, warning } of reports) if (warning) print(`warning: ${image}: ${warning}`)
  for (const { image, nodes } of reports)
    if (nodes.length === 0) print(`${image}: no node that takes servers now would run it`)
  const rows = reports.flatMap(nodeRows)
  if (rows.length > 0) printTable([['IMAGE', 'NODE', 'STATE', 'REASON'], ...rows])
}
