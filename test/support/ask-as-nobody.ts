import { DockerError } from '../../src/docker/errors.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'

// A separate program: asks the Engine at argv[2] as a user without rights, and prints the result.
const NOBODY = 65_534
if (process.getuid?.() === 0) process.setuid?.(NOBODY)
const transport = nodeTransport({ host: process.argv[2] ?? '' })
const signal = AbortSignal.timeout(5000)
const outcome = await transport({ method: 'GET', path: '/', signal }).catch((e: unknown) => e)
console.log(outcome instanceof DockerError ? outcome.code : 'answered')
process.exit()
