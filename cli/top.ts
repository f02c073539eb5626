import { Command, Option } from 'commander'
import { isDockerError } from '../src/docker/errors.ts'
import { MAX_MESSAGE_LENGTH, printable } from '../src/spawner/errors.ts'
import { sleep } from '../src/spawner/sleep.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { interruptSignal } from './interrupt.ts'
import { print } from './print.ts'
import { seconds } from './server-options.ts'
import { fitInto, type Size, topLines } from './top-lines.ts'

type TopOptions = { hub?: string; every: number; once: boolean }

/** Output that is no terminal has no end. */
const PAPER: Size = { columns: 400, rows: 10_000 }

/** `swarmspawner top` */
export const topCommand = (): Command =>
  new Command('top')
    .description('show nodes and servers, again and again until Ctrl-C')
    .option('--hub <name>', 'only the servers of this hub (default: all hubs)')
    .addOption(new Option('--every <seconds>', 'how often to look').default(2).argParser(seconds))
    .option('--once', 'look once; so does output that is no terminal', false)
    .action(run)

const run = async ({ hub, every, once }: TopOptions): Promise<void> => {
  const { lookAround, now } = createNodeSpawner(process.env)
  const { stdout } = process
  const look = async (size: Size) => topLines(await lookAround(), { hub, nowMs: now(), size })
  if (once || !stdout.isTTY) return print(...(await look(PAPER)))
  const signal = interruptSignal()
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const lines = await look(sizeOf(stdout)).catch((error: unknown) => {
      // An Engine that is away for a moment does not end the command, unless it was never there.
      if (isFirst || !isDockerError(error)) throw error
      return fitInto(sizeOf(stdout), [printable(error.message, MAX_MESSAGE_LENGTH)])
    })
    stdout.write(HOME_AND_CLEAR)
    print(...lines)
    await sleep(every * 1000, signal)
  }
}

/** The screen stays as it is at the end. */
const HOME_AND_CLEAR = '\x1b[H\x1b[J'

/** A terminal of unknown size has 80 columns and 24 rows. */
const sizeOf = ({ columns, rows }: NodeJS.WriteStream): Size => ({
  columns: columns || 80,
  rows: rows || 24,
})
