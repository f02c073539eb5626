import { type Command, InvalidArgumentError, Option } from 'commander'
import { serviceLogs } from '../src/docker/services.ts'
import { findServer } from '../src/spawner/server/find-server.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printError, printJson } from './print.ts'
import { type ServerOptions, seconds, serverCommand, serverOf } from './server-options.ts'

type LogsOptions = ServerOptions & { tail: number; follow: boolean; timeout: number }

/** `swarmspawner logs` */
export const logsCommand = (): Command =>
  serverCommand('logs', 'print what a server wrote')
    .addOption(
      new Option('--tail <lines>', 'how many lines from the end').default(100).argParser(lines),
    )
    .option('--follow', 'also print what it writes from now on', false)
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the nodes (not with --follow)')
        .default(10)
        .argParser(seconds),
    )
    .action(run)

const lines = (value: string): number => {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It must be a whole number of lines, such as 100.')
}

const run = async (options: LogsOptions): Promise<void> => {
  const { docker, ...spawner } = createNodeSpawner(process.env)
  const interrupted = interruptSignal()
  const { hub, tail, follow } = options
  const server = serverOf(options)
  const service = await findServer({ docker, ...spawner }, { hub, server, signal: interrupted })
  if (!service) {
    printError(`${options.user} has no such server on the hub "${hub}"`)
    process.exitCode = 1
    return
  }
  // Without this limit, the Engine would wait for ever for the logs of a task whose node is gone.
  const timeUp = AbortSignal.timeout(options.timeout * 1000)
  const signal = follow ? interrupted : AbortSignal.any([interrupted, timeUp])
  const wanted = { id: service.ID, tty: service.Spec.TaskTemplate.ContainerSpec?.TTY, tail, follow }
  try {
    for await (const line of serviceLogs(docker, { ...wanted, signal }))
      if (options.json) printJson(line)
      else print(line.text)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
