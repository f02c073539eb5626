import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The PEM texts of one party. */
export type Certificate = { cert: string; key: string }

/** A certificate authority for one test run. `issue` makes certificates that it signs. */
export type Authority = {
  ca: string
  /** The directory of its files, and of the authorities that it signs. */
  dir: string
  /** Removes them all. */
  remove: () => void
  issue: (options?: { name?: string; days?: number }) => Certificate
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Makes an authority with the openssl command. With `parent`, that authority signs it. */
export const createAuthority = (parent?: Authority): Authority => {
  const dir = mkdtempSync(join(parent?.dir ?? tmpdir(), 'swarmspawner-tls-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  const read = (file: string) => readFileSync(join(dir, file), 'utf8')
  const sign = (by: string, days: number, out: string) => {
    const signer = ['-CA', join(by, 'ca.pem'), '-CAkey', join(by, 'ca.key'), '-CAcreateserial']
    const request = ['-req', '-in', 'request.pem', '-copy_extensions', 'copy']
    openssl('x509', ...request, ...signer, '-days', String(days), '-out', out)
  }
  if (parent) {
    const name = ['-subj', '/CN=intermediate', '-addext', 'basicConstraints=critical,CA:TRUE']
    openssl('req', ...NEW_KEY, ...name, '-keyout', 'ca.key', '-out', 'request.pem')
    sign(parent.dir, 2, 'ca.pem')
  } else {
    const name = ['-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.pem']
    openssl('req', '-x509', ...NEW_KEY, '-days', '2', ...name)
  }
  return {
    ca: read('ca.pem'),
    dir,
    remove: () => rmSync(dir, { recursive: true, force: true }),
    issue: ({ name: subject = 'IP:127.0.0.1', days = 2 } = {}) => {
      const name = ['-subj', '/CN=party', '-addext', `subjectAltName=${subject}`]
      openssl('req', ...NEW_KEY, ...name, '-keyout', 'key.pem', '-out', 'request.pem')
      sign(dir, days, 'cert.pem')
      return { cert: read('cert.pem') + (parent ? read('ca.pem') : ''), key: read('key.pem') }
    },
  }
}
