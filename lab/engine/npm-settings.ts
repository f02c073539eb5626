import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import * as v from 'valibot'

const run = promisify(execFile)

const Setting = v.optional(v.nullable(v.string()))
const Settings = v.object({
  registry: v.string(),
  userconfig: v.string(),
  cafile: Setting,
  proxy: Setting,
  'https-proxy': Setting,
  noproxy: v.optional(v.unknown()),
})

/**
 * The settings of this machine's npm for its registry, as an .npmrc for any machine: certificate authorities as
 * text, and the user's own lines with credentials. Use it only as a secret of a build.
 */
export const npmSettings = async (): Promise<string> => {
  // Not run in the project, because the build has the project's settings anyway.
  const { stdout } = await run('npm', ['config', 'list', '--json'], { cwd: tmpdir() })
  const settings = v.parse(Settings, JSON.parse(stdout))
  const { registry, userconfig, proxy, noproxy } = settings
  const caFile = settings.cafile ?? process.env['NODE_EXTRA_CA_CERTS']
  const lines = [
    `registry=${registry}`,
    ...(proxy ? [`proxy=${proxy}`] : []),
    ...(settings['https-proxy'] ? [`https-proxy=${settings['https-proxy']}`] : []),
    ...(typeof noproxy === 'string' && noproxy ? [`noproxy=${noproxy}`] : []),
    ...(caFile ? certificates(caFile).map((pem) => `ca[]=${JSON.stringify(pem)}`) : []),
    ...(existsSync(userconfig) ? credentials(userconfig) : []),
  ]
  return `${lines.join('\n')}\n`
}

const certificates = (file: string): string[] =>
  readFileSync(file, 'utf8').match(
    /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g,
  ) ?? []

const credentials = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('//'))
