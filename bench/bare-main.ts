/** Begins as cli/main.ts does, and imports the bare minimum. */
import module from 'node:module'

module.enableCompileCache()
await import('./bare-minimum.ts')
