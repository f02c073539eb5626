import { DockerError } from '../../src/docker/errors.ts'
import type { EngineResponse, EngineTransport } from '../../src/docker/transport.ts'
import type { EmbeddedOptions } from '../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner, type SpawnerSettings } from '../../src/spawner/spawner.ts'

/** What the Engine answers to `/distribution`: a status and a body, or nothing until the caller leaves; or it cannot be reached. */
export type RegistrySays = { status: number; body: unknown } | 'nothing' | 'away'

/** A digest of 64 times the same hex digit. */
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`

/** A registry that tells a digest, for these platforms. */
export const tells = (digest: string, ...platforms: string[]): RegistrySays => ({
  status: 200,
  body: {
    Descriptor: { digest },
    Platforms: platforms.map((one) => {
      const [os, architecture] = one.split('/')
      return { os, architecture }
    }),
  },
})

/** A registry that refuses, in the Engine's words. */
export const refuses = (status: number, message: string): RegistrySays => ({
  status,
  body: { message },
})

type Says = {
  registry: RegistrySays
  image: RegistrySays | undefined
  /** For some images another answer than `image`. */
  imageOf?: (name: string) => RegistrySays | undefined
}

/** The embedded engine with a registry that says what a test wants, a clock that the test moves, and a count of the calls. */
export const registryEngine = (settings: SpawnerSettings = {}, options: EmbeddedOptions = {}) => {
  let ahead = 0
  const { transport: embedded } = createEmbeddedEngine({ speed: 20, ...options })
  const calls: string[] = []
  const asked: { image: string; auth: string | undefined }[] = []
  const says: Says = {
    registry: tells(digestOf('a')),
    image: undefined,
  }
  const transport: EngineTransport = async (request) => {
    const path = request.path.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')
    calls.push(`${request.method} ${path}`)
    const [, kind, name = ''] = /^\/(distribution|images)\/(.*)\/json$/.exec(path) ?? []
    if (kind === 'distribution')
      asked.push({ image: decodeURIComponent(name), auth: request.headers?.['x-registry-auth'] })
    const image = () => says.imageOf?.(decodeURIComponent(name)) ?? says.image
    const answer = kind === 'distribution' ? says.registry : kind && image()
    if (!answer) return embedded(request)
    if (answer === 'away') throw new DockerError('unreachable', 'The Engine is away')
    return answer === 'nothing' ? silence(request.signal) : responseOf(answer)
  }
  const now = () => Date.now() + ahead
  return {
    /** What the registry says, and what the Engine says of its own images; undefined: as the embedded engine does. */
    says,
    /** Every call to the Engine. */
    calls,
    /** What the registry was asked. */
    asked,
    pass: (ms: number) => {
      ahead += ms
    },
    transport,
    spawner: createSpawner(transport, { now, ...settings }),
  }
}

const responseOf = ({ status, body }: { status: number; body: unknown }): EngineResponse => ({
  status,
  header: () => undefined,
  body: (async function* () {
    yield new TextEncoder().encode(JSON.stringify(body))
  })(),
})

const silence = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
