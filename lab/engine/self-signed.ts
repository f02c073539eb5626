import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a certificate that nobody trusts, for an IP address and for a day. It needs the openssl command. */
export const selfSigned = (address: string): { cert: string; key: string } => {
  const cwd = mkdtempSync(join(tmpdir(), 'swarmspawner-tls-'))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key']
  const name = ['-subj', '/CN=lab', '-addext', `subjectAltName=IP:${address}`]
  const args = ['req', '-x509', '-days', '1', ...key, ...name, '-out', 'cert']
  try {
    execFileSync('openssl', args, { cwd, stdio: 'ignore' })
    const read = (file: string) => readFileSync(join(cwd, file), 'utf8')
    return { cert: read('cert'), key: read('key') }
  } finally {
    rmSync(cwd, { recursive: true })
  }
}
