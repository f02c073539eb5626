import { Option } from 'commander'
import { readHubName } from '../handlers/settings/service-settings.ts'

/** The option `--hub`. By default it is the service's own hub. Throws an EnvError. */
export const hubOption = (description: string): Option =>
  new Option('--hub <name>', description).default(
    readHubName(process.env),
    'SWARMSPAWNER_HUB, else "default"',
  )
