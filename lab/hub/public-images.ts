import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'

/** Other people's images in the stack: the base of its hub, and the defaults of stack.yml. */
export const publicImages = (): { hub: string; proxy: string; server: string } => ({
  hub: find('deploy/hub/Dockerfile', /^FROM (\S+)$/m),
  proxy: find('deploy/stack.yml', /\$\{PROXY_IMAGE:-([^}]+)\}/),
  server: find('deploy/stack.yml', /\$\{SERVER_IMAGE:-([^}]+)\}/),
})

const find = (file: string, pattern: RegExp): string => {
  const [, image] = pattern.exec(readFileSync(join(projectRoot, file), 'utf8')) ?? []
  if (image === undefined) throw new Error(`${file}: no image is found by ${pattern}`)
  return image
}
