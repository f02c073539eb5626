import { execFile } from 'node:child_process'
import { existsSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../project-root.ts'
import { startDockerd } from './dockerd.ts'
import { labCache } from './engine-lab.ts'
import { openEngineNamespace } from './engine-namespace.ts'
import { npmSettings } from './npm-settings.ts'

const run = promisify(execFile)

/** The docker CLI of the host's own Engine builds with BuildKit by itself. Other CLIs need a plugin for it. */
const CLI = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker'

/**
 * A throw-away Engine that builds images. Unlike the others it is in the host's network, because builds install
 * packages.
 */
export type BuildEngine = {
  /** Builds a Dockerfile in the project's root. Returns how many seconds it took. */
  build(tag: string, dockerfile: string): Promise<number>
  /** How large an image is, in bytes. */
  size(tag: string): Promise<number>
  /** Copies an image to another Engine. */
  give(tag: string, dockerHost: string): Promise<void>
  /** Kills everything and removes every trace. */
  stop(): Promise<void>
}

/**
 * Starts an Engine with the base images of deploy/service/Dockerfile under their names there. They are made
 * from Debian packages and this machine's Node.js and npm. Takes 5 s, and 10 s more the first time.
 */
export const startBuildEngine = async (): Promise<BuildEngine> => {
  const namespace = await openEngineNamespace({ hostname: 'builder', address: 'host' })
  const socket = join(namespace.scratch, 'docker.sock')
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '1' }
  const docker = (...args: string[]) =>
    run(CLI, args, { cwd: projectRoot, env, maxBuffer: 2 ** 26 })
  try {
    await startDockerd(namespace, socket, [
      '--bridge=none',
      '--iptables=false',
      '--ip-forward=false',
    ])
    for (const [name, rootfs, changes] of await baseImages())
      await docker('import', ...changes.flatMap((change) => ['--change', change]), rootfs, name)
    const secret = join(namespace.scratch, 'npmrc')
    writeFileSync(secret, await npmSettings(), { mode: 0o600 })
    return {
      build: async (tag, dockerfile) => {
        const begun = performance.now()
        const options = ['--network', 'host', '--secret', `id=npmrc,src=${secret}`]
        await docker('build', '--progress', 'plain', ...options, '-t', tag, '-f', dockerfile, '.')
        return (performance.now() - begun) / 1000
      },
      size: async (tag) =>
        Number((await docker('image', 'inspect', '--format', '{{.Size}}', tag)).stdout),
      give: async (tag, dockerHost) => {
        const pipe = `"$0" save "$1" | DOCKER_HOST="$2" "$0" load --quiet`
        await run('sh', ['-c', pipe, CLI, tag, dockerHost], { env })
      },
      stop: () => namespace.close(),
    }
  } catch (error) {
    await namespace.close()
    throw error
  }
}

/** The base images of the Dockerfile: a name, a root file system, and the settings for `docker import`. */
export const baseImages = async () => {
  const script = join(import.meta.dirname, 'base-rootfs.sh')
  const make = async (...args: string[]) => (await run(script, args)).stdout.trim()
  const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin'
  const [slim, distroless] = await Promise.all([
    make('node-slim', labCache, realpathSync(process.execPath), await npmDirectory()),
    make('distroless-cc', labCache),
  ])
  return [
    ['node:24-bookworm-slim', slim, [path]],
    [
      'gcr.io/distroless/cc-debian12:nonroot',
      distroless,
      [path, 'USER 65532', 'WORKDIR /home/nonroot'],
    ],
  ] as const
}

/** The directory of this machine's npm, with everything that npm needs. */
const npmDirectory = async (): Promise<string> => {
  const { stdout } = await run('sh', ['-c', 'command -v npm'])
  const directory = resolve(realpathSync(stdout.trim()), '../..')
  if (existsSync(join(directory, 'node_modules'))) return directory
  throw new Error(`${directory} is not an npm that comes with all it needs, as Node.js brings it`)
}
