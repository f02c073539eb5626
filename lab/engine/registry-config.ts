import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The one user of a registry of the lab. */
export const USERNAME = 'u'

/** Where a registry sends its events, and with which headers. */
export interface Notify {
  url: string
  headers?: Readonly<Record<string, string>>
}

/** Writes the files for docker-registry, and returns the configuration file. */
export const writeRegistryConfig = ({
  directory,
  listen,
  password,
  notify,
}: {
  directory: string
  listen: string
  password: string
  notify?: Notify | undefined
}): string => {
  mkdirSync(directory, { recursive: true })
  const htpasswd = join(directory, 'htpasswd')
  writeFileSync(htpasswd, `${USERNAME}:${bcrypt(password)}\n`)
  const config = join(directory, 'config.json')
  const settings = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(directory, 'data') } },
    // Its answers name no address, so that they hold behind a gate as well.
    http: { addr: listen, relativeurls: true },
    auth: { htpasswd: { realm: 'lab', path: htpasswd } },
    ...(notify && { notifications: { endpoints: [endpoint(notify)] } }),
  }
  writeFileSync(config, JSON.stringify(settings))
  return config
}

const endpoint = ({ url, headers = {} }: Notify) => ({
  name: 'lab',
  url,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  timeout: '5s',
  threshold: 3,
  backoff: '1s',
})

/** Perl's crypt is the only bcrypt on every Debian. */
const bcrypt = (password: string): string =>
  execFileSync('perl', ['-e', 'print crypt(<STDIN>, $ARGV[0])', '$2y$05$abcdefghijklmnopqrstuu'], {
    input: password,
    encoding: 'utf8',
  })
