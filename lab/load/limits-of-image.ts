import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'

/** The variables with which the service's image limits V8 and malloc. */
export const limitsOfImage = (): { NODE_OPTIONS: string; MALLOC_ARENA_MAX: string } => {
  const dockerfile = readFileSync(join(projectRoot, 'deploy/service/Dockerfile'), 'utf8')
  const limits = /^ENV NODE_OPTIONS="(.*)" MALLOC_ARENA_MAX=(\d+)$/m.exec(dockerfile)
  if (!limits) throw new Error('the Dockerfile sets no limits')
  const [, NODE_OPTIONS = '', MALLOC_ARENA_MAX = ''] = limits
  return { NODE_OPTIONS, MALLOC_ARENA_MAX }
}

/** The largest size of V8's old generation in the image, in MiB. */
export const heapOfImage = (): number =>
  Number(/--max-old-space-size=(\d+)/.exec(limitsOfImage().NODE_OPTIONS)?.[1])
