import { Option } from 'commander'
import { readHubName } from '../handlers/settings/service-settings.ts'

/** `--hub`, which is the service's own where it is not given. Throws an EnvError. */
export const hubOption = (description: string): Option =>
  new Option('--hub <name>', description).default(
    readHubName(process.env),
    'SWARMSPAWNER_HUB, else "default"',
  )
