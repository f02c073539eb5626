/**
 * `npm run edge`: the service on workerd as wrangler runs it, on this machine alone: offline, and without an account.
 * With `DOCKER_HOST` that Engine, by TCP; without, the embedded one. `-- --port 8787` chooses where it listens.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { projectRoot } from '../project-root.ts'
import { scriptOptions } from '../script-options.ts'
import { type EdgeEnv, edgeSettings } from './edge-settings.ts'

const USAGE = `npm run edge -- [options]

Runs the service on workerd, as wrangler does, against the embedded engine or DOCKER_HOST.

  --port 8787   where it listens (default: 8787)
  --help        this text`

const values = scriptOptions(USAGE, { port: { type: 'string', default: '8787' } })

/**
 * Keeps wrangler from calling home: no metrics, no reports, no network look-ups, no check for a newer version.
 */
const OFFLINE: EdgeEnv = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
}

const startWrangler = (envFile: string) =>
  spawn(
    process.execPath,
    [
      join(projectRoot, 'node_modules/wrangler/bin/wrangler.js'),
      ...['dev', '--local', '--ip', '127.0.0.1', '--port', values.port, '--inspector-port', '0'],
      ...['--show-interactive-dev-session=false', '--env-file', envFile],
    ],
    // Its own process group, so that workerd, which wrangler starts, ends with it.
    { cwd: projectRoot, env: { ...process.env, ...OFFLINE }, stdio: 'inherit', detached: true },
  )

const embedded = async () => {
  const engine = await listenEmbedded(createEmbeddedEngine(), 'tcp://127.0.0.1:0')
  console.log('Engine: the embedded one, which runs no containers. Set DOCKER_HOST to use another.')
  return engine
}

const run = async (): Promise<void> => {
  const engine = process.env['DOCKER_HOST'] ? undefined : await embedded()
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-edge-'))
  try {
    const settings = edgeSettings(process.env, engine?.dockerHost)
    const envFile = join(directory, 'env')
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`)
    writeFileSync(envFile, lines.join(''), { mode: 0o600 })
    console.log(howToCall(settings))
    const wrangler = startWrangler(envFile)
    let isAsked = false
    const end = () => {
      isAsked = true
      if (wrangler.pid) process.kill(-wrangler.pid, 'SIGTERM')
    }
    process.once('SIGINT', end).once('SIGTERM', end)
    const [code] = await once(wrangler, 'exit')
    process.exitCode = isAsked ? 0 : (code ?? 1)
  } finally {
    rmSync(directory, { recursive: true })
    await engine?.close()
  }
}

const howToCall = ({ SWARMSPAWNER_ADMIN_TOKEN }: EdgeEnv): string => `Then, from another shell:
  curl -s http://127.0.0.1:${values.port}/start -H 'Authorization: Bearer ${SWARMSPAWNER_ADMIN_TOKEN}' \\
    -d '{"type": "spawner.start", "data": {"server": {"username": "alice"}, "config": {"service_image": "demo/notebook"}}}'
`

await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
