import { Command, InvalidArgumentError } from 'commander'
import { listenEmbedded } from '../src/embedded/listen.node.ts'
import { interruptSignal } from './interrupt.ts'
import { print } from './print.ts'

/** `swarmspawner engine` */
export const engineCommand = (): Command =>
  new Command('engine')
    .description(
      'run the embedded engine: a Docker Engine for trying things out, which starts no container',
    )
    .requiredOption('--listen <address>', 'unix:///path or tcp://127.0.0.1:port', readAddress)
    .action(async ({ listen }: { listen: Address }) => {
      const stopped = interruptSignal()
      const { createEmbeddedEngine } = await import('../src/embedded/engine.ts')
      const { dockerHost, close } = await listenEmbedded(createEmbeddedEngine(), listen)
      stopped.addEventListener('abort', () => void close(), { once: true })
      print(
        `The embedded engine listens; it runs no containers. Use it with:\n  export DOCKER_HOST=${dockerHost}`,
      )
    })

type Address = Parameters<typeof listenEmbedded>[1]

const readAddress = (text: string): Address => {
  const [, unix, tcp] = /^(?:unix:\/\/(\/.+)|tcp:\/\/([^/]+))$/.exec(text) ?? []
  if (unix) return `unix://${unix}`
  if (tcp) return `tcp://${tcp}`
  throw new InvalidArgumentError('Write unix:///path or tcp://127.0.0.1:port.')
}
