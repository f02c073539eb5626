import { Command } from 'commander'
import type { LogEntry } from '../handlers/log.ts'
import { serveFromEnv } from '../handlers/node.ts'
import { interruptSignal } from './interrupt.ts'
import { printJson } from './print.ts'

/** `swarmspawner serve` */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('run the service that JupyterHub calls')
    .addHelpText(
      'after',
      `
Settings, by environment:
  HOST, PORT                  where to listen (127.0.0.1, 8080)
  SWARMSPAWNER_TLS_CERT, SWARMSPAWNER_TLS_KEY   PEM files of a certificate and its key; read again when they change
  SWARMSPAWNER_TLS_CLIENT_CA  a PEM file: whoever connects needs a certificate that this authority has signed
  SWARMSPAWNER_PLAIN_HTTP     without TLS: the Docker network whose members may read along; not needed on the loopback
  SWARMSPAWNER_SECRET         the secret of the only hub: whsec_ and 24 to 64 bytes in base64
  SWARMSPAWNER_HUBS           several hubs: name=whsec_...,other=whsec_... ; a name twice while its secret is rotated
  SWARMSPAWNER_ADMIN_TOKEN    lets people call by hand: Authorization: Bearer ...
  SWARMSPAWNER_POLICY         what hubs may configure and users may ask for: a JSON or YAML file, or JSON
  SWARMSPAWNER_GC_EVERY       how often to look for what hubs have left behind, such as 1h; SWARMSPAWNER_GC=remove removes it
  SWARMSPAWNER_HUB_API, SWARMSPAWNER_HUB_API_TOKEN   asks the hub which servers it has: see swarmspawner gc --help
  DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_CONTEXT, DOCKER_CONFIG   as for the docker CLI
Each secret can come from a file: SWARMSPAWNER_SECRET_FILE=/run/secrets/...`,
    )
    .action(run)

const run = async (): Promise<void> => {
  const stopped = interruptSignal()
  const service = await serveFromEnv(process.env, log)
  stopped.addEventListener('abort', () => void service.close(), { once: true })
  log({ level: 'info', message: `listening on ${service.url}` })
}

const log = (entry: LogEntry): void => printJson({ time: new Date().toISOString(), ...entry })
