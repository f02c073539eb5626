import { execFileSync } from 'node:child_process'
import { projectRoot } from './project-root.ts'

/**
 * Builds the service if its sources are newer than dist/, and says so. Scripts call it after they have read their options, so
 * that help and mistakes need no build.
 */
export const buildService = (): void => {
  // What npm itself writes to stdout would be in the way of a program's JSON.
  const stdio = ['ignore', 2, 2] satisfies (number | 'ignore')[]
  execFileSync('npm', ['run', '--silent', 'built'], { cwd: projectRoot, stdio })
}
