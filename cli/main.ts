#!/usr/bin/env node
/** `swarmspawner`: the program of npm's bin, and of the image. */

import { enableCompileCache } from 'node:module'
import { compileCacheDir } from './compile-cache.ts'

// Before anything else is imported: what V8 has compiled once need not be compiled at the next start.
enableCompileCache(compileCacheDir(process.env))
const { runProgram } = await import('./program.ts')
await runProgram(process.argv)
