#!/usr/bin/env node
/** `swarmspawner`: the program for npm's bin and for the image. */

import module from 'node:module'
import { compileCacheDir } from './compile-cache.ts'

/** Loads only what it runs. A container starts the service and its health check without options: nothing to parse. */
const run = async ([command, ...options]: readonly string[]): Promise<void> => {
  if (command === 'serve' && options.length === 0)
    return (await import('./run-service.ts')).runService()
  if (command === 'health' && options.length === 0)
    return (await import('./check-health.ts')).checkHealth()
  return (await import('./program.ts')).runProgram(process.argv)
}

if (Number.parseInt(process.versions.node, 10) >= 22) {
  // This comes before all other imports, so that code which V8 has compiled once is not compiled again at the
  // next start.
  module.enableCompileCache(compileCacheDir(process.env))
  await run(process.argv.slice(2))
} else {
  process.stderr.write(
    `error: this is Node.js ${process.versions.node}; 22.19 or newer is needed\n`,
  )
  process.exitCode = 2
}
