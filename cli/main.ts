#!/usr/bin/env node
/** `swarmspawner`: the program of npm's bin, and of the image. */

import { enableCompileCache } from 'node:module'
import { compileCacheDir } from './compile-cache.ts'

// Before anything else is imported: what V8 has compiled once need not be compiled at the next start.
enableCompileCache(compileCacheDir(process.env))

const [, , command, ...options] = process.argv
// As a container starts it: without options, nothing is read that only parses them.
if (command === 'serve' && options.length === 0)
  await (await import('./run-service.ts')).runService()
else await (await import('./program.ts')).runProgram(process.argv)
