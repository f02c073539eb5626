#!/usr/bin/env node
/** `swarmspawner`: the program of npm's bin, and of the image. */

import module from 'node:module'
import { compileCacheDir } from './compile-cache.ts'

/** Reads only what it runs: as a container starts the service, without options, there is nothing to parse. */
const run = async ([command, ...options]: readonly string[]): Promise<void> => {
  if (command === 'serve' && options.length === 0)
    return (await import('./run-service.ts')).runService()
  return (await import('./program.ts')).runProgram(process.argv)
}

if (Number.parseInt(process.versions.node, 10) >= 22) {
  // Before anything else is imported: what V8 has compiled once need not be compiled at the next start.
  module.enableCompileCache(compileCacheDir(process.env))
  await run(process.argv.slice(2))
} else {
  process.stderr.write(
    `error: this is Node.js ${process.versions.node}; 22.19 or newer is needed\n`,
  )
  process.exitCode = 2
}
