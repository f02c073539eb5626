import { Command } from 'commander'
import type { Check } from './check.ts'
import { runChecks } from './doctor-checks.ts'
import { print, printJson } from './print.ts'
import { readProfiles } from './read-profiles.ts'
import { repeated } from './repeated.ts'

type DoctorOptions = {
  network: string[]
  image?: string
  profile: string[]
  hubService?: string
  json: boolean
}

/** `swarmspawner doctor` */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check everything that a start needs, and say what to do about each problem')
    .addOption(repeated('--network <name>', 'a network of c.SwarmSpawner.networks'))
    .option('--image <image>', 'the image of the notebook server')
    .addOption(
      repeated(
        '--profile <file>',
        'JSON with a profile, a list of them, or what python3 -m swarmspawner profiles writes, whose GPUs a node should have: {"slug", "override"}',
      ),
    )
    .option(
      '--hub-service <name>',
      "the hub's Swarm service, c.SwarmSpawner.jupyterhub_service_name (default: the one that running servers call, or the one in deploy/stack.yml)",
    )
    .option('--json', 'print JSON', false)
    .action(run)

const run = async ({ json, profile, ...options }: DoctorOptions): Promise<void> => {
  const checks: Check[] = []
  const profiles = profile.flatMap(readProfiles)
  for await (const check of runChecks(process.env, { ...options, profiles })) {
    checks.push(check)
    if (!json) print(...lines(check))
  }
  if (json) printJson(checks)
  if (checks.some(({ level }) => level === 'fail')) process.exitCode = 1
}

const lines = ({ level, name, message, advice }: Check): string[] => [
  `${level.padEnd(4)}  ${name}: ${message}`,
  ...(advice && level !== 'ok' ? [`      ${advice}`] : []),
]
