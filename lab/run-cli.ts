/** `npm run swarmspawner`: the program as it is built. Its help needs no build, because it comes from the sources. */

import { buildService } from './build-service.ts'
import { asksForHelp } from './script-options.ts'

const args = process.argv.slice(2)
const isQuestion =
  args.length === 0 || asksForHelp(args) || ['help', '--version'].includes(args[0] ?? '')
if (isQuestion) await import('../cli/main.ts')
else {
  buildService()
  await import(new URL('../dist/cli.js', import.meta.url).href)
}
