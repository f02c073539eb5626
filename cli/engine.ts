import { Command, InvalidArgumentError, Option } from 'commander'
import type { EmbeddedOptions } from '../src/embedded/embedded-options.ts'
import { listenEmbedded } from '../src/embedded/listen.node.ts'
import { interruptSignal } from './interrupt.ts'
import { print } from './print.ts'

/** `swarmspawner engine` */
export const engineCommand = (): Command =>
  new Command('engine')
    .description('run the embedded engine: a Docker Engine for trials that starts no containers')
    .requiredOption('--listen <address>', 'unix:///path or tcp://127.0.0.1:port', readAddress)
    .addOption(
      new Option('--as <version>', 'the Engine version whose answers it gives')
        .choices(['28.5', '29.7'])
        .default('28.5'),
    )
    .addOption(
      new Option(
        '--image-store <store>',
        'where its nodes keep images, only with 29.7; the messages about failed pulls differ',
      )
        .choices(['containerd', 'overlay2'])
        .default('containerd'),
    )
    .action(async ({ listen, ...options }: { listen: Address } & EmbeddedOptions) => {
      const stopped = interruptSignal()
      const { createEmbeddedEngine } = await import('../src/embedded/engine.ts')
      const { dockerHost, close } = await listenEmbedded(createEmbeddedEngine(options), listen)
      stopped.addEventListener('abort', () => void close(), { once: true })
      print(
        'The embedded engine is listening. It runs no containers. To use it:',
        `  export DOCKER_HOST=${dockerHost}`,
      )
    })

type Address = Parameters<typeof listenEmbedded>[1]

const readAddress = (text: string): Address => {
  const [, unix, tcp] = /^(?:unix:\/\/(\/.+)|tcp:\/\/([^/]+))$/.exec(text) ?? []
  if (unix) return `unix://${unix}`
  if (tcp) return `tcp://${tcp}`
  throw new InvalidArgumentError('Write unix:///path or tcp://127.0.0.1:port.')
}
