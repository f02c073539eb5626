import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Reads the command line of a script of package.json. Prints `usage` and ends the process if it asks for help. Ends it with
 * code 2 if an option is unknown. `usage` begins with the command, such as `npm run bench -- `.
 */
export const scriptOptions = <const T extends Options>(usage: string, options: T) =>
  read(usage, () => parseArgs({ options }).values)

/** `scriptOptions` of a script that also takes words. Returns the options and the words. */
export const scriptWords = <const T extends Options>(usage: string, options: T) =>
  read(usage, () => parseArgs({ options, allowPositionals: true }))

const read = <Read>(usage: string, parse: () => Read): Read => {
  if (asksForHelp(process.argv.slice(2))) {
    console.log(usage)
    process.exit()
  }
  try {
    return parse()
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ')
    console.error(`${sentence}\n\n${usage}`)
    process.exit(2)
  }
}

/** Returns whether a command line asks for help, as all programs understand it. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.some((word) => word === '--help' || word === '-h')
